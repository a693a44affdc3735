-- A source may have no broker: its rules read what is posted in its name.
alter table sources drop constraint sources_url_check;
alter table sources add constraint sources_url_check check (url ~ '^mqtts?://[^/@]+$' or url = 'http:');
