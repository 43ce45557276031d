-- migration: One display name, with a way back
-- author: Tomás Beltrán <tomas@music-ai.example>
-- ticket: MAI-106
-- description: Given and family name become one display name, because half of our listeners do not have exactly those two; the parts move aside so that the change can be undone without loss.
-- requires: 005
-- tags: lossy, privacy
-- transaction: always
-- lock-timeout: 2s
-- risk: high

-- migrate:check
-- The joined name has to fit into 200 characters.
select not exists (
    select from public.users as u
    where char_length(coalesce(to_jsonb(u) ->> 'given_name', '')) + char_length(coalesce(to_jsonb(u) ->> 'family_name', '')) >= 200);

-- migrate:up

-- Joining loses two facts: where one name ends and the next begins, and which came first.
-- "Kovács Eszter" cannot be taken apart again by a rule, so the parts are kept.
create table archive.user_name_parts (
    user_id bigint not null,
    given_name public.short_text not null,
    family_name public.short_text,
    merged_as public.short_text not null,
    constraint user_name_parts_pkey primary key (user_id),
    constraint user_name_parts_user_id_fkey foreign key (user_id) references public.users (id) on delete cascade
);
comment on table archive.user_name_parts is 'Names as they were before they became users.display_name. Personal data: erasure has to reach it.';
comment on column archive.user_name_parts.merged_as is 'The display name made from the parts. When it is no longer the user''s, the user has chosen a new one, and that wins.';

-- Taken first and held to the end: no name can change between the copy and the drop.
lock table public.users in access exclusive mode;

insert into archive.user_name_parts (user_id, given_name, family_name, merged_as)
select u.id, u.given_name, u.family_name,
       case when split_part(u.locale, '-', 1) in ('hu', 'ja', 'ko', 'zh')
            then concat_ws(' ', u.family_name, u.given_name)
            else concat_ws(' ', u.given_name, u.family_name) end
from public.users as u;

alter table public.users add column display_name public.short_text;
comment on column public.users.display_name is 'The name as the person writes it, in one piece.';

-- Nobody edited these rows: updated_at and the audit log must not say so.
alter table public.users disable trigger users_touch;
alter table public.users disable trigger users_audit;
update public.users as u
set display_name = p.merged_as
from archive.user_name_parts as p
where p.user_id = u.id;
alter table public.users enable trigger users_audit;
alter table public.users enable trigger users_touch;

alter table public.users
    alter column display_name set not null,
    drop column given_name,
    drop column family_name;

-- migrate:verify
select not exists (
    select from public.users as u
    left join archive.user_name_parts as p on p.user_id = u.id
    where p.merged_as is distinct from u.display_name);

-- migrate:down
lock table public.users in access exclusive mode;

alter table public.users
    add column given_name public.short_text,
    add column family_name public.short_text;
comment on column public.users.family_name is 'Empty for people who use a single name.';

alter table public.users disable trigger users_touch;
alter table public.users disable trigger users_audit;
-- Untouched names get both parts back, letter for letter.
update public.users as u
set given_name = p.given_name, family_name = p.family_name
from archive.user_name_parts as p
where p.user_id = u.id and p.merged_as = u.display_name;
-- A name given or changed since then is whole, and stays whole: running up again gives the same display name.
update public.users as u
set given_name = u.display_name
where u.given_name is null;
alter table public.users enable trigger users_audit;
alter table public.users enable trigger users_touch;

alter table public.users
    alter column given_name set not null,
    drop column display_name;

drop table archive.user_name_parts;
