using System.Management.Automation;
using Migrations.Engine;
using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;

namespace Migrations.Cmdlets.Errors;

/// <summary>The one place where a failure becomes an error record.</summary>
internal static class EngineError
{
    /// <summary>A failure that nobody foresaw: a defect of the module.</summary>
    private const string Unexpected = "Unexpected";

    private const string UnexpectedAdvice =
        "This is a defect of Migrations. Please report it with the text of $Error[0].Exception.ToString(), after a look for secrets in it.";

    /// <summary>The interpreter's own: a stop, a `break`, an early end of the pipeline, errors that are records already.</summary>
    public static bool IsOfPowerShell(Exception exception) => exception is IContainsErrorRecord or FlowControlException;

    public static ErrorRecord Of(Exception exception) => exception switch
    {
        EngineException known when PlaceOf(known) is { } place => Record(known, place),
        EngineException known => Record(known, known.ErrorId, CategoryOf(known.Kind), known.Target, known.Advice),
        AggregateException { InnerExceptions: [var single] } => Of(single),
        _ => Record(exception, Unexpected, ErrorCategory.NotSpecified, null, UnexpectedAdvice),
    };

    private static SourcePosition? PlaceOf(EngineException failure) => failure switch
    {
        MigrationFailedException server => server.SourcePosition,
        ScriptException script => script.Position,
        _ => null,
    };

    /// <summary>The view shows the line by itself, and makes one line of a message in a script: the excerpt stays with the exception.</summary>
    private static ErrorRecord Record(EngineException failure, SourcePosition place)
    {
        var record = Record(failure, failure.ErrorId, CategoryOf(failure.Kind), ScriptPlace.Of(place, failure.Target), failure.Advice);
        record.ErrorDetails = new ErrorDetails(failure.Message.Replace("\n" + place.Excerpt, "", StringComparison.Ordinal)) { RecommendedAction = failure.Advice };
        record.CategoryInfo.TargetName = place.ToString();
        return record;
    }

    private static ErrorRecord Record(Exception exception, string id, ErrorCategory category, object? target, string advice) =>
        new(exception, id, category, target) { ErrorDetails = new ErrorDetails(exception.Message) { RecommendedAction = advice } };

    private static ErrorCategory CategoryOf(FailureKind kind) => kind switch
    {
        FailureKind.InvalidInput => ErrorCategory.InvalidArgument,
        FailureKind.NotFound => ErrorCategory.ObjectNotFound,
        FailureKind.Conflict => ErrorCategory.ResourceExists,
        FailureKind.Connection => ErrorCategory.ConnectionError,
        FailureKind.Authentication => ErrorCategory.AuthenticationError,
        FailureKind.Permission => ErrorCategory.PermissionDenied,
        FailureKind.Busy => ErrorCategory.ResourceBusy,
        FailureKind.Timeout => ErrorCategory.OperationTimeout,
        FailureKind.Stopped => ErrorCategory.OperationStopped,
        FailureKind.Data => ErrorCategory.InvalidData,
        FailureKind.Syntax => ErrorCategory.SyntaxError,
        FailureKind.Refused => ErrorCategory.InvalidOperation,
        FailureKind.Server => ErrorCategory.InvalidResult,
        FailureKind.Resource => ErrorCategory.ResourceUnavailable,
        _ => ErrorCategory.NotSpecified,
    };
}
