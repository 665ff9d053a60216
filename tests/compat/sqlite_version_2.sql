BEGIN TRANSACTION;
CREATE TABLE entries (
            session_id TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (session_id, seq)
        );
INSERT INTO "entries" VALUES('webchat:old',1,'u:text','{"seq":1,"id":"u:text","kind":"message","author":{"kind":"user","id":"old","name":"Zoë"},"at":"2026-03-01T12:00:00.123456Z","content":{"text":"Hello, corrected","type":"text"},"fate":"failed","failure":"The page is gone."}');
INSERT INTO "entries" VALUES('webchat:old',2,'u:image','{"seq":2,"id":"u:image","kind":"message","author":{"kind":"user","id":"old","name":"Zoë"},"at":"2026-03-01T12:00:00.123456Z","content":{"url":"https://x.example/a.png","type":"image"}}');
INSERT INTO "entries" VALUES('webchat:old',3,'u:audio','{"seq":3,"id":"u:audio","kind":"message","author":{"kind":"user","id":"old","name":"Zoë"},"at":"2026-03-01T12:00:00.123456Z","content":{"url":"https://x.example/a.mp3","type":"audio"}}');
INSERT INTO "entries" VALUES('webchat:old',4,'u:video','{"seq":4,"id":"u:video","kind":"message","author":{"kind":"user","id":"old","name":"Zoë"},"at":"2026-03-01T12:00:00.123456Z","content":{"url":"https://x.example/a.mp4","type":"video"}}');
INSERT INTO "entries" VALUES('webchat:old',5,'u:file','{"seq":5,"id":"u:file","kind":"message","author":{"kind":"user","id":"old","name":"Zoë"},"at":"2026-03-01T12:00:00.123456Z","content":{"url":"https://x.example/a.pdf","type":"file"}}');
INSERT INTO "entries" VALUES('webchat:old',6,'u:location','{"seq":6,"id":"u:location","kind":"message","author":{"kind":"user","id":"old","name":"Zoë"},"at":"2026-03-01T12:00:00.123456Z","content":{"lat":52.5,"long":13.4,"type":"location"}}');
INSERT INTO "entries" VALUES('webchat:old',7,'u:buttons','{"seq":7,"id":"u:buttons","kind":"message","author":{"kind":"user","id":"old","name":"Zoë"},"at":"2026-03-01T12:00:00.123456Z","content":{"text":"Choose","buttons":[{"title":"Yes","payload":"YES","type":"postback"},{"title":"More","url":"https://x.example/more","type":"link"}],"type":"buttons"}}');
INSERT INTO "entries" VALUES('webchat:old',8,'u:quick_replies','{"seq":8,"id":"u:quick_replies","kind":"message","author":{"kind":"user","id":"old","name":"Zoë"},"at":"2026-03-01T12:00:00.123456Z","content":{"text":"Or","replies":[{"title":"Now","payload":"NOW"}],"type":"quick_replies"}}');
INSERT INTO "entries" VALUES('webchat:old',9,'u:cards','{"seq":9,"id":"u:cards","kind":"message","author":{"kind":"user","id":"old","name":"Zoë"},"at":"2026-03-01T12:00:00.123456Z","content":{"cards":[{"title":"A card","buttons":[]}],"type":"cards"}}');
INSERT INTO "entries" VALUES('webchat:old',10,'u:unsupported','{"seq":10,"id":"u:unsupported","kind":"message","author":{"kind":"user","id":"old","name":"Zoë"},"at":"2026-03-01T12:00:00.123456Z","content":{"raw":{"sticker":[1,null,"\u0000"]},"type":"unsupported"}}');
INSERT INTO "entries" VALUES('webchat:old',11,'b:1:0','{"seq":11,"id":"b:1:0","kind":"message","author":{"kind":"bot","id":"","name":""},"at":"2026-03-01T12:00:00.123456Z","content":{"text":"One moment","type":"text"}}');
INSERT INTO "entries" VALUES('webchat:old',12,'s:r3:0','{"seq":12,"id":"s:r3:0","kind":"paused","author":{"kind":"user","id":"1","name":""},"at":"2026-03-01T12:00:00.123456Z","content":{"trigger":"user","until":"2026-03-02T12:00:00.123456Z","type":"pause"}}');
INSERT INTO "entries" VALUES('webchat:old',13,'s:r3:1','{"seq":13,"id":"s:r3:1","kind":"alert","author":{"kind":"system","id":"","name":""},"at":"2026-03-01T12:00:00.123456Z","content":{"text":"Zoë wants to talk to a human","level":"info","why":"paused","type":"alert"}}');
INSERT INTO "entries" VALUES('webchat:old',14,'b:2:0','{"seq":14,"id":"b:2:0","kind":"message","author":{"kind":"bot","id":"","name":""},"at":"2026-03-01T12:00:00.123456Z","content":{"text":"Too late","type":"text"},"fate":"suppressed"}');
INSERT INTO "entries" VALUES('webchat:old',15,'s:r5:0','{"seq":15,"id":"s:r5:0","kind":"claimed","author":{"kind":"agent","id":"ann","name":"Ann"},"at":"2026-03-01T12:00:00.123456Z","content":{"id":"ann","name":"Ann","type":"agent"}}');
INSERT INTO "entries" VALUES('webchat:old',16,'a:6','{"seq":16,"id":"a:6","kind":"message","author":{"kind":"agent","id":"ann","name":"Ann"},"at":"2026-03-01T12:00:00.123456Z","content":{"text":"How can I help?","type":"text"}}');
INSERT INTO "entries" VALUES('webchat:old',17,'a:ann:note','{"seq":17,"id":"a:ann:note","kind":"note","author":{"kind":"agent","id":"ann","name":"Ann"},"at":"2026-03-01T12:00:00.123456Z","content":{"text":"A regular","type":"text"}}');
INSERT INTO "entries" VALUES('webchat:old',18,'s:r8:0','{"seq":18,"id":"s:r8:0","kind":"released","author":{"kind":"agent","id":"ann","name":"Ann"},"at":"2026-03-01T12:00:00.123456Z","content":{"id":"ann","name":"Ann","type":"agent"}}');
INSERT INTO "entries" VALUES('webchat:old',19,'s:r9:0','{"seq":19,"id":"s:r9:0","kind":"amended","author":{"kind":"user","id":"old","name":"Zoë"},"at":"2026-03-01T12:00:00.123456Z","content":{"of":1,"hidden":false,"type":"amend"}}');
INSERT INTO "entries" VALUES('webchat:old',20,'s:r10:0','{"seq":20,"id":"s:r10:0","kind":"unpaused","author":{"kind":"agent","id":"ann","name":"Ann"},"at":"2026-03-01T12:00:00.123456Z","content":{"trigger":"agent","type":"pause"}}');
INSERT INTO "entries" VALUES('webchat:waiting',1,'u:12','{"seq":1,"id":"u:12","kind":"message","author":{"kind":"user","id":"waiting","name":"Ümit"},"at":"2026-03-01T12:01:00.123456Z","content":{"text":"Anyone?","type":"text"}}');
INSERT INTO "entries" VALUES('webchat:waiting',2,'s:r11:1','{"seq":2,"id":"s:r11:1","kind":"paused","author":{"kind":"user","id":"1","name":""},"at":"2026-03-01T12:01:00.123456Z","content":{"trigger":"user","until":"2026-03-02T12:01:00.123456Z","type":"pause"}}');
INSERT INTO "entries" VALUES('webchat:waiting',3,'s:r11:2','{"seq":3,"id":"s:r11:2","kind":"alert","author":{"kind":"system","id":"","name":""},"at":"2026-03-01T12:01:00.123456Z","content":{"text":"Ümit wants to talk to a human","level":"info","why":"paused","type":"alert"}}');
INSERT INTO "entries" VALUES('webchat:claimed',1,'u:14','{"seq":1,"id":"u:14","kind":"message","author":{"kind":"user","id":"claimed","name":"Abe"},"at":"2026-03-01T12:02:00.123456Z","content":{"text":"Hi","type":"text"}}');
INSERT INTO "entries" VALUES('webchat:claimed',2,'s:r13:1','{"seq":2,"id":"s:r13:1","kind":"paused","author":{"kind":"user","id":"1","name":""},"at":"2026-03-01T12:02:00.123456Z","content":{"trigger":"user","until":"2026-03-02T12:02:00.123456Z","type":"pause"}}');
INSERT INTO "entries" VALUES('webchat:claimed',3,'s:r13:2','{"seq":3,"id":"s:r13:2","kind":"alert","author":{"kind":"system","id":"","name":""},"at":"2026-03-01T12:02:00.123456Z","content":{"text":"Abe wants to talk to a human","level":"info","why":"paused","type":"alert"}}');
INSERT INTO "entries" VALUES('webchat:claimed',4,'s:r13:3','{"seq":4,"id":"s:r13:3","kind":"claimed","author":{"kind":"agent","id":"ben","name":"Ben"},"at":"2026-03-01T12:02:00.123456Z","content":{"id":"ben","name":"Ben","type":"agent"}}');
INSERT INTO "entries" VALUES('webchat:reading',1,'u:16','{"seq":1,"id":"u:16","kind":"message","author":{"kind":"user","id":"reading","name":""},"at":"2026-03-01T12:00:00.123456Z","content":{"text":"Read","type":"text"}}');
INSERT INTO "entries" VALUES('webchat:reading',2,'s:r15:1','{"seq":2,"id":"s:r15:1","kind":"alert","author":{"kind":"bot","id":"","name":""},"at":"2026-03-01T12:00:00.123456Z","content":{"text":"Seen","level":"info","why":"notify","type":"alert"}}');
INSERT INTO "entries" VALUES('webchat:archived',1,'u:18','{"seq":1,"id":"u:18","kind":"message","author":{"kind":"user","id":"archived","name":""},"at":"2026-03-01T12:00:00.123456Z","content":{"text":"Away","type":"text"}}');
INSERT INTO "entries" VALUES('webchat:archived',2,'s:r17:1','{"seq":2,"id":"s:r17:1","kind":"alert","author":{"kind":"bot","id":"","name":""},"at":"2026-03-01T12:00:00.123456Z","content":{"text":"Gone","level":"info","why":"notify","type":"alert"}}');
INSERT INTO "entries" VALUES('messenger:1.2',1,'u:20','{"seq":1,"id":"u:20","kind":"message","author":{"kind":"user","id":"1.2","name":"Bea"},"at":"2026-03-01T12:03:00.123456Z","content":{"text":"All at once","type":"text"}}');
INSERT INTO "entries" VALUES('messenger:1.2',2,'s:r19:1','{"seq":2,"id":"s:r19:1","kind":"paused","author":{"kind":"user","id":"1","name":""},"at":"2026-03-01T12:03:00.123456Z","content":{"trigger":"user","until":"2026-03-02T12:03:00.123456Z","type":"pause"}}');
INSERT INTO "entries" VALUES('messenger:1.2',3,'s:r19:2','{"seq":3,"id":"s:r19:2","kind":"alert","author":{"kind":"system","id":"","name":""},"at":"2026-03-01T12:03:00.123456Z","content":{"text":"Bea wants to talk to a human","level":"info","why":"paused","type":"alert"}}');
INSERT INTO "entries" VALUES('messenger:1.2',4,'s:r19:3','{"seq":4,"id":"s:r19:3","kind":"claimed","author":{"kind":"agent","id":"ann","name":"Ann"},"at":"2026-03-01T12:03:00.123456Z","content":{"id":"ann","name":"Ann","type":"agent"}}');
CREATE TABLE facts (session_id TEXT PRIMARY KEY, body TEXT NOT NULL);
INSERT INTO "facts" VALUES('webchat:old','{"language": "de", "visits": 3}');
CREATE TABLE notifications (
            session_id TEXT NOT NULL, seq INTEGER NOT NULL, sort_key TEXT NOT NULL, state INTEGER NOT NULL,
            PRIMARY KEY (session_id, seq)
        );
INSERT INTO "notifications" VALUES('webchat:old',13,'2026-03-01T12:00:00.123456Z#webchat:old#0000000013',0);
INSERT INTO "notifications" VALUES('webchat:waiting',3,'2026-03-01T12:01:00.123456Z#webchat:waiting#0000000003',0);
INSERT INTO "notifications" VALUES('webchat:claimed',3,'2026-03-01T12:02:00.123456Z#webchat:claimed#0000000003',0);
INSERT INTO "notifications" VALUES('webchat:reading',2,'2026-03-01T12:00:00.123456Z#webchat:reading#0000000002',1);
INSERT INTO "notifications" VALUES('webchat:archived',2,'2026-03-01T12:00:00.123456Z#webchat:archived#0000000002',2);
INSERT INTO "notifications" VALUES('messenger:1.2',3,'2026-03-01T12:03:00.123456Z#messenger:1.2#0000000003',0);
CREATE TABLE parked (
            id TEXT PRIMARY KEY, sort_key TEXT NOT NULL, session_id TEXT, body TEXT NOT NULL
        );
INSERT INTO "parked" VALUES('in:m_1','2026-03-01T12:00:00.123456Z#in:m_1','messenger:1.2','{"id":"in:m_1","at":"2026-03-01T12:00:00.123456Z","channel":"messenger","reason":"Its sender is no number.","body":"{\"sender\":{\"id\":\"é 😀\"},\"x\":\"\\u0000\"}","session_id":"messenger:1.2","tries":2}');
INSERT INTO "parked" VALUES('abababababababababababababababababababababababababababababababab','2026-03-01T11:59:00.123456Z#abababababababababababababababababababababababababababababababab',NULL,'{"id":"abababababababababababababababababababababababababababababababab","at":"2026-03-01T11:59:00.123456Z","channel":"messenger","reason":"It is no JSON.","body":"no JSON \u0000"}');
CREATE TABLE schema_version (version INTEGER NOT NULL);
INSERT INTO "schema_version" VALUES(2);
CREATE TABLE secrets (name TEXT PRIMARY KEY, secret TEXT NOT NULL);
INSERT INTO "secrets" VALUES('signing','made long ago');
CREATE TABLE sessions (
            id TEXT PRIMARY KEY, rev INTEGER NOT NULL, attempt TEXT NOT NULL, head TEXT NOT NULL,
            activity_key TEXT NOT NULL, paused_key TEXT, owner_key TEXT, name_key TEXT, due_key TEXT
        );
INSERT INTO "sessions" VALUES('webchat:old',9,'r10','{"id":"webchat:old","rev":9,"attempt":"r10","seq":20,"user":{"name":"Zoë"},"created_at":"2026-03-01T12:00:00.123456Z","last_user_at":"2026-03-01T12:00:00.123456Z","last_event_at":"2026-03-01T12:00:00.123456Z","last_message":{"text":"How can I help?","author":"agent","at":"2026-03-01T12:00:00.123456Z"},"read_seq":16,"handled":20,"user_seq":10,"human_from":10,"sent_to":16}','70460559#webchat:old',NULL,NULL,'zoë#webchat:old',NULL);
INSERT INTO "sessions" VALUES('webchat:waiting',1,'r11','{"id":"webchat:waiting","rev":1,"attempt":"r11","seq":3,"user":{"name":"Ümit"},"pause":{"trigger":"user","by":{"kind":"user","id":"1"},"at":"2026-03-01T12:01:00.123456Z","until":"2026-03-02T12:01:00.123456Z"},"waiting_since":"2026-03-01T12:01:00.123456Z","created_at":"2026-03-01T12:01:00.123456Z","last_user_at":"2026-03-01T12:01:00.123456Z","last_event_at":"2026-03-01T12:01:00.123456Z","last_message":{"text":"Anyone?","author":"user","at":"2026-03-01T12:01:00.123456Z"},"unread":1,"handled":2,"user_seq":1,"human_from":1,"next_alert_at":"2026-03-01T12:06:00.123456Z"}','70460558#webchat:waiting','0#2026-03-01T12:01:00.123456Z#webchat:waiting','none','ümit#webchat:waiting','2026-03-01T12:06:00.123456Z#webchat:waiting');
INSERT INTO "sessions" VALUES('webchat:claimed',1,'r13','{"id":"webchat:claimed","rev":1,"attempt":"r13","seq":4,"user":{"name":"Abe"},"pause":{"trigger":"user","by":{"kind":"user","id":"1"},"at":"2026-03-01T12:02:00.123456Z","until":"2026-03-02T12:02:00.123456Z"},"assignee":{"id":"ben","name":"Ben"},"waiting_since":"2026-03-01T12:02:00.123456Z","created_at":"2026-03-01T12:02:00.123456Z","last_user_at":"2026-03-01T12:02:00.123456Z","last_event_at":"2026-03-01T12:02:00.123456Z","last_message":{"text":"Hi","author":"user","at":"2026-03-01T12:02:00.123456Z"},"unread":1,"handled":2,"user_seq":1,"human_from":1,"next_alert_at":"2026-03-01T12:07:00.123456Z"}','70460557#webchat:claimed','0#2026-03-01T12:02:00.123456Z#webchat:claimed','ben','abe#webchat:claimed','2026-03-01T12:07:00.123456Z#webchat:claimed');
INSERT INTO "sessions" VALUES('webchat:reading',1,'r15','{"id":"webchat:reading","rev":1,"attempt":"r15","seq":2,"created_at":"2026-03-01T12:00:00.123456Z","last_user_at":"2026-03-01T12:00:00.123456Z","last_event_at":"2026-03-01T12:00:00.123456Z","last_message":{"text":"Read","author":"user","at":"2026-03-01T12:00:00.123456Z"},"unread":1,"handled":1,"user_seq":1}','70460559#webchat:reading',NULL,NULL,NULL,NULL);
INSERT INTO "sessions" VALUES('webchat:archived',1,'r17','{"id":"webchat:archived","rev":1,"attempt":"r17","seq":2,"created_at":"2026-03-01T12:00:00.123456Z","last_user_at":"2026-03-01T12:00:00.123456Z","last_event_at":"2026-03-01T12:00:00.123456Z","last_message":{"text":"Away","author":"user","at":"2026-03-01T12:00:00.123456Z"},"unread":1,"handled":1,"user_seq":1}','70460559#webchat:archived',NULL,NULL,NULL,NULL);
INSERT INTO "sessions" VALUES('messenger:1.2',1,'r19','{"id":"messenger:1.2","rev":1,"attempt":"r19","seq":4,"user":{"name":"Bea"},"pause":{"trigger":"user","by":{"kind":"user","id":"1"},"at":"2026-03-01T12:03:00.123456Z","until":"2026-03-02T12:03:00.123456Z"},"assignee":{"id":"ann","name":"Ann"},"waiting_since":"2026-03-01T12:03:00.123456Z","escalations":1,"created_at":"2026-03-01T12:03:00.123456Z","last_user_at":"2026-03-01T12:03:00.123456Z","last_event_at":"2026-03-01T12:03:00.123456Z","last_message":{"text":"All at once","author":"user","at":"2026-03-01T12:03:00.123456Z"},"read_seq":1,"unread":1,"tags":["vip"],"handled":1,"user_seq":1,"turn":{"entry":1,"until":"2026-03-01T12:05:00.123456Z","by":"r1","attempt":2,"void":true},"human_from":1,"sending":{"seq":2,"send_by":"2026-03-01T12:05:00.123456Z"},"sent_to":1,"delivered_to":1,"read_to":1,"publications":[{"seq":3,"to":["log"],"at":"2026-03-01T12:05:00.123456Z","tries":1}],"next_alert_at":"2026-03-01T12:05:00.123456Z","bucket":{"left":2.5,"at":"2026-03-01T12:00:00.123456Z"},"agent_typing_until":"2026-03-01T12:05:00.123456Z","user_typing_until":"2026-03-01T12:05:00.123456Z"}','70460556#messenger:1.2','0#2026-03-01T12:03:00.123456Z#messenger:1.2','ann','bea#messenger:1.2','2026-03-01T12:05:00.123456Z#messenger:1.2');
INSERT INTO "sessions" VALUES('webchat:erased',2,'r23','{"id":"webchat:erased","rev":2,"attempt":"r23","seq":1,"created_at":"2026-03-01T12:00:00.123456Z","last_user_at":"2026-03-01T12:00:00.123456Z","last_event_at":"2026-03-01T12:00:00.123456Z","unread":1,"handled":1,"user_seq":1,"erased_at":"2026-03-01T12:00:00.123456Z"}','70460559#webchat:erased',NULL,NULL,NULL,NULL);
CREATE TABLE tokens (digest TEXT PRIMARY KEY, id TEXT NOT NULL, created_key TEXT NOT NULL, body TEXT NOT NULL);
INSERT INTO "tokens" VALUES('abababababababababababababababababababababababababababababababab','t1','2026-03-01T12:00:00.123456Z','{"id":"t1","name":"Ann","role":"supervisor","created_at":"2026-03-01T12:00:00.123456Z"}');
CREATE INDEX sessions_by_activity ON sessions (activity_key);
CREATE INDEX sessions_paused ON sessions (paused_key) WHERE paused_key IS NOT NULL;
CREATE INDEX sessions_by_owner ON sessions (owner_key, paused_key) WHERE owner_key IS NOT NULL;
CREATE INDEX sessions_by_name ON sessions (name_key) WHERE name_key IS NOT NULL;
CREATE INDEX sessions_due ON sessions (due_key) WHERE due_key IS NOT NULL;
CREATE UNIQUE INDEX entries_by_id ON entries (session_id, id);
CREATE INDEX notifications_listed ON notifications (sort_key) WHERE state < 2;
CREATE INDEX notifications_unread ON notifications (sort_key) WHERE state = 0;
CREATE INDEX parked_in_order ON parked (sort_key);
CREATE INDEX parked_by_session ON parked (session_id, sort_key) WHERE session_id IS NOT NULL;
COMMIT;
