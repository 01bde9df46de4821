import GRDB

/// The shape of the sync ledger, step by step. A step that has shipped is never edited; a new one follows it.
enum Migrations {
    /// The last step of the first release, 0.1.0.
    static let firstReleased = "10 the glossary's names"

    static var all: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 files, records, requests, documents, events") { db in
            try db.execute(sql: first)
        }
        migrator.registerMigration("2 transactions: parts, lines, owners") { db in
            try db.execute(sql: second)
        }
        migrator.registerMigration("3 costs and payments") { db in
            try db.execute(sql: third)
        }
        migrator.registerMigration("4 message sets, pulls, elements, errands") { db in
            try db.execute(sql: fourth)
        }
        migrator.registerMigration("5 attempts, synced receipts") { db in
            try db.execute(sql: fifth)
        }
        migrator.registerMigration("6 smaller indexes") { db in
            db.add(
                function: DatabaseFunction("key_hash", argumentCount: 1, pure: true) { values in
                    String.fromDatabaseValue(values[0]).map { Books.hash($0) }
                })
            try db.execute(sql: sixth)
        }
        migrator.registerMigration("7 faults of single files") { db in
            try db.execute(sql: seventh)
        }
        migrator.registerMigration("8 records turned away") { db in
            try db.execute(sql: turnedAway)
        }
        migrator.registerMigration("9 codes of projects as documents show them") { db in
            try db.execute(sql: Books.seenCodesTable)
        }
        migrator.registerMigration(firstReleased) { db in
            try db.execute(sql: glossary)
        }
        migrator.registerMigration("11 sessions of the Web Connector") { db in
            try db.execute(sql: Books.webConnectorTables)
        }
        migrator.registerMigration("12 what the carrier to Procore holds") { db in
            try db.execute(sql: Books.carryingTables)
        }
        registerWhatTheOfficeSees(in: &migrator)
        return migrator
    }

    private static func registerWhatTheOfficeSees(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("13 receipts for people") { db in
            try db.execute(sql: Books.retellingTable)
        }
        migrator.registerMigration("14 status page") { db in
            try db.execute(sql: Books.statusPageIndexes)
        }
        migrator.registerMigration("15 review") { db in
            try db.execute(sql: Books.reviewTable)
        }
        migrator.registerMigration("16 dollars of both sides") { db in
            try db.execute(sql: Books.moneyColumns)
            try Books.fillMoneyColumns(db)
        }
        migrator.registerMigration("17 undo") { db in
            try db.execute(sql: Books.undoTable)
        }
        migrator.registerMigration("18 what was told by messages") { db in
            try db.execute(sql: Books.toldTables)
        }
        migrator.registerMigration("19 prune") { db in
            try db.execute(sql: Books.pruneTables)
        }
        // No table is changed: what is there is read as it is. Versions of before cannot read what is written from here on.
        migrator.registerMigration("20 contents and documents packed, names found by keys") { _ in }
        migrator.registerMigration("21 records still to be decided, by a plain condition") { db in
            // As `Books.isUndecided` is written, or the index is not used.
            try db.execute(
                sql: """
                    DROP INDEX record_undecided;
                    CREATE INDEX record_undecided ON record(id)
                        WHERE state = 'new' OR state = 'changed' OR state = 'released';
                    """)
        }
        // As with 20, no table is changed.
        migrator.registerMigration("22 documents packed by zstd") { _ in }
    }

    /// Lets a ledger that is only read, and that its owner has not migrated yet, be read by the names of today.
    static func showByTheirNames(_ db: Database) throws {
        if try !db.tableExists("review") {
            try db.execute(
                sql: """
                    CREATE TEMP VIEW review AS
                    SELECT 0 AS document, NULL AS verdict, NULL AS who, NULL AS at, NULL AS sent_as WHERE 0;
                    """)
        }
        if try db.tableExists("record"), try !db.columns(in: "record").contains(where: { $0.name == "project" }) {
            try db.execute(
                sql: """
                    CREATE TEMP VIEW record AS SELECT *, NULL AS project, NULL AS stated, NULL AS surplus,
                        NULL AS from_quickbooks, NULL AS brought, NULL AS accepted FROM main.record
                    """)
        }
        if try !db.tableExists("undo") {
            try db.execute(
                sql: """
                    CREATE TEMP VIEW undo AS
                    SELECT 0 AS id, 0 AS record, '' AS txn_id, 0 AS is_void, 0 AS at, NULL AS asked_by, NULL AS approved_by,
                        'asking' AS phase, NULL AS reason, NULL AS remedy, NULL AS outcome WHERE 0;
                    """)
        }
        guard try db.tableExists("file"), try !db.columns(in: "file").contains(where: { $0.name == "folder" }) else {
            return
        }
        let isOld = try db.tableExists("part")
        if isOld { try db.execute(sql: "CREATE TEMP VIEW fragment AS SELECT * FROM part") }
        try db.execute(
            sql: """
                CREATE TEMP VIEW file AS SELECT *\(isOld ? ", sentence AS summary" : ""), NULL AS folder,
                    NULL AS records_after, NULL AS records_upto, NULL AS events_after, NULL AS events_upto FROM main.file
                """)
    }

    private static let first = """
        -- Every file that was dropped, numbered as taken.
        CREATE TABLE file (
            intake INTEGER PRIMARY KEY,
            path BLOB NOT NULL,          -- below inbox/, as bytes
            name TEXT NOT NULL,          -- the same, safe to show
            sha256 TEXT NOT NULL,
            received TEXT NOT NULL,      -- UTC, 2026-11-22T21:30:05Z
            outcome TEXT NOT NULL,
            receipt BLOB NOT NULL,       -- the JSON, as written to outbox/results
            sentence TEXT NOT NULL,      -- as written to logs/results.log
            outputs TEXT NOT NULL,       -- paths of the documents it led to, one a line
            problem_text TEXT,           -- of the problem file beside a rejected original
            rejected_copy TEXT,          -- ending of the copy of refused records, waiting beside the claim
            filed_as TEXT,               -- where the original went, below inbox/
            finished INTEGER NOT NULL    -- 1 once receipt, log lines and filing are done
        );
        CREATE INDEX file_unfinished ON file(intake) WHERE finished = 0;

        -- Every record of either side, once.
        CREATE TABLE record (
            id INTEGER PRIMARY KEY,
            entity TEXT NOT NULL,
            procore_id TEXT,
            business_key TEXT,           -- name or code, folded for comparison
            scope TEXT,                  -- what a write-back has to name beside the company
            shown TEXT NOT NULL,         -- in words: vendor 401104
            state TEXT NOT NULL,         -- held, queued, linked, failed; new, changed, released within a transaction
            reason TEXT,                 -- of held and failed, in words
            remedy TEXT,
            name_key TEXT,               -- the QuickBooks name it wants, folded for comparison
            wanted BLOB,                 -- mapped content Procore last asked for
            confirmed BLOB,              -- mapped content QuickBooks last confirmed
            imported BLOB,               -- mapped content QuickBooks last showed, for Procore
            exported BLOB,               -- mapped content Procore was last given
            updated_at INTEGER,          -- of the export last applied, microseconds since 1970
            claimed_id TEXT,             -- origin_id that Procore brought and QuickBooks has yet to confirm
            attempts INTEGER NOT NULL,   -- requests made so far
            retries INTEGER NOT NULL,    -- of the refusal that heals by waiting
            due INTEGER,                 -- when to try again, seconds since 1970
            question TEXT,               -- adopt, refresh: what to ask QuickBooks before anything else
            file INTEGER NOT NULL,       -- intake that last changed it
            list TEXT,
            list_id TEXT,
            edit_sequence TEXT,
            full_name TEXT
        );
        CREATE UNIQUE INDEX record_procore ON record(entity, procore_id) WHERE procore_id IS NOT NULL;
        CREATE INDEX record_business ON record(entity, business_key);
        CREATE INDEX record_name ON record(name_key) WHERE name_key IS NOT NULL;
        CREATE UNIQUE INDEX record_link ON record(entity, list, list_id) WHERE list_id IS NOT NULL;
        CREATE INDEX record_undecided ON record(id) WHERE state IN ('new', 'changed', 'released');
        CREATE INDEX record_due ON record(due) WHERE due IS NOT NULL;

        -- What a held record waits for.
        CREATE TABLE wait (
            record INTEGER NOT NULL REFERENCES record(id),
            needs TEXT NOT NULL,         -- standard_cost_codes/71002
            PRIMARY KEY (record, needs)
        ) WITHOUT ROWID;
        CREATE INDEX wait_needs ON wait(needs);

        -- Every request to QuickBooks and its answer.
        CREATE TABLE request (
            id INTEGER PRIMARY KEY,
            request_id TEXT NOT NULL UNIQUE,
            record INTEGER NOT NULL REFERENCES record(id),
            operation TEXT NOT NULL,     -- add, mod, confirm, adopt, refresh
            document INTEGER NOT NULL,
            content BLOB,                -- what it carries, once record.wanted has moved on
            status INTEGER,              -- statusCode; NULL: unanswered
            message TEXT,
            answered_by INTEGER          -- intake
        );
        CREATE INDEX request_record ON request(record);
        CREATE INDEX request_open ON request(record) WHERE status IS NULL;

        -- Every document that left or is about to, byte for byte.
        CREATE TABLE document (
            sequence INTEGER PRIMARY KEY,
            outbox TEXT NOT NULL,        -- quickbooks, procore
            name TEXT NOT NULL,
            entity TEXT NOT NULL,
            bytes BLOB NOT NULL,
            source INTEGER,              -- intake whose records it carries; NULL: a retry that came due
            published INTEGER NOT NULL,
            answered_by INTEGER
        );
        CREATE INDEX document_staged ON document(sequence) WHERE published = 0;

        -- The life of every record, appended to and never edited.
        CREATE TABLE event (
            id INTEGER PRIMARY KEY,
            record INTEGER,
            file INTEGER,
            at TEXT NOT NULL,
            kind TEXT NOT NULL,
            detail TEXT
        );
        CREATE INDEX event_record ON event(record);

        -- Addresses of QuickBooks customers, for jobs below them that have none of their own.
        CREATE TABLE customer (
            list_id TEXT PRIMARY KEY,
            parent_id TEXT,
            address BLOB NOT NULL
        ) WITHOUT ROWID;

        -- The company this ledger belongs to, and the like.
        CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        """

    private static let second = """
        ALTER TABLE record ADD COLUMN owner TEXT;      -- the record whose transaction it adds lines to: commitments/786001
        ALTER TABLE record ADD COLUMN txn_lines TEXT;  -- TxnLineIDs of the whole transaction, in order, one a line
        ALTER TABLE record ADD COLUMN closed TEXT;     -- why the transaction takes no more lines: closed, received
        CREATE INDEX record_owner ON record(owner) WHERE owner IS NOT NULL;

        -- The record whose QuickBooks object a request is about: of one object, one request at a time.
        ALTER TABLE request ADD COLUMN object INTEGER;
        UPDATE request SET object = record;
        CREATE INDEX request_object ON request(object) WHERE status IS NULL;

        -- What Procore said about a record that may come in several files: its header, its lines.
        CREATE TABLE part (
            record INTEGER NOT NULL REFERENCES record(id),
            name TEXT NOT NULL,          -- header, lines, contract_items, ...
            content BLOB NOT NULL,
            PRIMARY KEY (record, name)
        ) WITHOUT ROWID;

        -- Which line of a QuickBooks transaction one of Procore's lines became.
        CREATE TABLE line (
            record INTEGER NOT NULL REFERENCES record(id),  -- in whose content the line stands
            key TEXT NOT NULL,                              -- Procore's id of the line
            object INTEGER NOT NULL,                        -- the record that owns the transaction
            txn_line_id TEXT NOT NULL,
            PRIMARY KEY (record, key)
        ) WITHOUT ROWID;
        CREATE INDEX line_object ON line(object, key);

        -- Records that were left out or refused when they were last read, for those that wait for them.
        CREATE TABLE absence (
            key TEXT PRIMARY KEY,        -- vendors/401105
            reason TEXT NOT NULL,
            is_refusal INTEGER NOT NULL  -- 1: refused; 0: left out by a rule
        ) WITHOUT ROWID;
        """

    private static let third = """
        -- Reports name jobs and items by their full names only.
        CREATE INDEX record_full_name ON record(entity, full_name) WHERE full_name IS NOT NULL;
        """

    private static let fourth = """
        -- The id under which QuickBooks remembers the answer to a request's message set, and the TxnID or ListID that
        -- its answer showed.
        ALTER TABLE request ADD COLUMN message_set TEXT;
        ALTER TABLE request ADD COLUMN answer_id TEXT;
        CREATE INDEX request_set ON request(message_set) WHERE message_set IS NOT NULL;
        CREATE INDEX request_document ON request(document);

        ALTER TABLE document ADD COLUMN at INTEGER;       -- when it was written, seconds since 1970
        ALTER TABLE document ADD COLUMN repeats INTEGER;  -- the document whose bytes it has, sent once more

        -- 1: QuickBooks confirmed that the object it was tied to is gone; a person decides what follows.
        ALTER TABLE record ADD COLUMN is_broken INTEGER NOT NULL DEFAULT 0;

        -- Every query that reads QuickBooks in bulk: what was asked for, from when to when, and how it ended.
        CREATE TABLE pull (
            id INTEGER PRIMARY KEY,
            request_id TEXT NOT NULL UNIQUE,
            subject TEXT NOT NULL,       -- vendors, jobs, items, orders, costs, payments, company
            document INTEGER NOT NULL,
            since INTEGER,               -- seconds since 1970; NULL: from the beginning
            until INTEGER NOT NULL,
            asked_at INTEGER NOT NULL,
            status INTEGER,              -- statusCode; NULL: unanswered
            answered_by INTEGER          -- intake
        );
        CREATE INDEX pull_open ON pull(subject) WHERE status IS NULL;
        CREATE INDEX pull_subject ON pull(subject, asked_at);

        -- Elements of QuickBooks' lists that wait to be matched with Procore's records by a person.
        CREATE TABLE element (
            list TEXT NOT NULL,
            list_id TEXT NOT NULL,
            full_name TEXT NOT NULL,
            ret BLOB NOT NULL,           -- the element as QuickBooks showed it
            PRIMARY KEY (list, list_id)
        ) WITHOUT ROWID;

        -- What commands ask of the process that owns the root.
        CREATE TABLE errand (
            id INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            command BLOB NOT NULL,       -- JSON
            outcome BLOB                 -- JSON; NULL: not done yet
        );
        """

    private static let fifth = """
        -- Files with which the process ended, so that one that brings it down is known.
        CREATE TABLE attempt (
            intake INTEGER PRIMARY KEY,
            attempts INTEGER NOT NULL,   -- not used
            strikes INTEGER NOT NULL     -- processes that ended while they read it alone
        );

        -- file.finished is 2 once receipt, log lines and filing are known to be on the disk; 1 is as good until the
        -- machine starts anew.
        UPDATE file SET finished = 2 WHERE finished = 1;
        CREATE INDEX file_unsynced ON file(intake) WHERE finished = 1;
        """

    private static let sixth = """
        -- Names and keys are found by a number made of them; an index of numbers stays small.
        ALTER TABLE record ADD COLUMN business_hash INTEGER;  -- of business_key
        ALTER TABLE record ADD COLUMN name_hash INTEGER;      -- of name_key
        UPDATE record SET business_hash = key_hash(business_key), name_hash = key_hash(name_key);
        DROP INDEX record_business;
        DROP INDEX record_name;
        CREATE INDEX record_business_hash ON record(business_hash) WHERE business_hash IS NOT NULL;
        CREATE INDEX record_name_hash ON record(name_hash) WHERE name_hash IS NOT NULL;

        -- The intake that first brought it: the beginning of its life, where no event tells of it.
        ALTER TABLE record ADD COLUMN born INTEGER;

        -- Most request ids name their record, so they need no index of their own.
        CREATE TABLE request_new (
            id INTEGER PRIMARY KEY,
            request_id TEXT NOT NULL,
            record INTEGER NOT NULL REFERENCES record(id),
            object INTEGER NOT NULL,     -- the record whose QuickBooks object it is about
            operation TEXT NOT NULL,     -- add, mod, confirm, adopt, look, refresh
            document INTEGER NOT NULL,
            content BLOB,                -- what it carries, once record.wanted has moved on
            status INTEGER,              -- statusCode; NULL: unanswered
            message TEXT,
            answered_by INTEGER,         -- intake
            message_set TEXT,            -- the id under which QuickBooks remembers its answer
            answer_id TEXT,              -- the TxnID or ListID that its answer showed
            is_plain INTEGER NOT NULL    -- 1: request_id names the record by entity and Procore's id
        );
        INSERT INTO request_new SELECT id, request_id, record, coalesce(object, record), operation, document, content,
            status, message, answered_by, message_set, answer_id, 0 FROM request;
        DROP TABLE request;
        ALTER TABLE request_new RENAME TO request;
        CREATE UNIQUE INDEX request_record ON request(record, request_id);
        CREATE UNIQUE INDEX request_name ON request(request_id) WHERE is_plain = 0;
        CREATE INDEX request_object ON request(object) WHERE status IS NULL AND object <> record;
        CREATE INDEX request_open ON request(document) WHERE status IS NULL;
        CREATE INDEX request_set ON request(message_set) WHERE message_set IS NOT NULL;
        """

    private static let seventh = """
        -- Files that cannot be taken or read, and folders that cannot be looked through, while all others go on.
        CREATE TABLE fault (
            subject BLOB PRIMARY KEY,    -- what waits: a path below inbox/, or # and an intake number
            object BLOB NOT NULL,        -- what is to be mended, below inbox/
            what TEXT NOT NULL,
            remedy TEXT NOT NULL,
            since TEXT NOT NULL          -- UTC, 2026-11-22T21:30:05Z
        ) WITHOUT ROWID;
        """

    private static let turnedAway = """
        -- Records of exports that were not taken, until they are: refused, or left out by a rule.
        CREATE TABLE turned_away (
            id INTEGER PRIMARY KEY,
            entity TEXT NOT NULL,
            procore_id TEXT,
            code TEXT,                   -- name or code, folded for comparison, as record.business_key
            place TEXT NOT NULL,         -- the file's path below inbox/: all that is known of some
            shown TEXT NOT NULL,         -- in words: vendor 401104
            title TEXT,                  -- the number or name that says most
            names TEXT NOT NULL,         -- number, name, ids of its lines: one a line
            is_refusal INTEGER NOT NULL, -- 1: refused; 0: left out by a rule
            reason TEXT NOT NULL,
            remedy TEXT,
            file INTEGER NOT NULL,       -- intake that last brought it
            since TEXT NOT NULL          -- UTC, 2026-11-22T21:30:05Z
        );
        CREATE UNIQUE INDEX turned_away_procore ON turned_away(entity, procore_id) WHERE procore_id IS NOT NULL;
        CREATE INDEX turned_away_code ON turned_away(entity, code) WHERE code IS NOT NULL;
        CREATE INDEX turned_away_place ON turned_away(place) WHERE procore_id IS NULL AND code IS NULL;
        """

    private static let glossary = """
        -- The names that docs/ARCHITECTURE.md has for them.
        ALTER TABLE part RENAME TO fragment;
        ALTER TABLE errand RENAME TO command;
        ALTER TABLE command RENAME COLUMN command TO body;       -- JSON
        ALTER TABLE file RENAME COLUMN sentence TO summary;      -- as written to logs/results.log
        ALTER TABLE attempt DROP COLUMN attempts;
        ALTER TABLE attempt RENAME COLUMN strikes TO failures;   -- processes that ended while they read it alone
        """
}
