import GRDB

/// The tables of a sandbox company's file.
enum CompanyTables {
    static var migrations: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 company, records, message sets, faults") { db in
            try db.execute(sql: first)
        }
        migrator.registerMigration("2 transactions") { db in
            try db.execute(sql: second)
        }
        migrator.registerMigration("3 credits, what is void or deleted, faults that are counted, the company's name") {
            db in
            try db.execute(sql: third)
        }
        return migrator
    }

    private static let first = """
        -- The company itself: one row.
        CREATE TABLE company (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            edition TEXT NOT NULL,       -- us, ca
            clock INTEGER NOT NULL       -- seconds since 1970 of the last change; each change is a second later
        );
        -- The last number given to a ListID, for each list.
        CREATE TABLE counter (list TEXT PRIMARY KEY, last INTEGER NOT NULL);
        -- Every record of every list.
        CREATE TABLE record (
            number INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,          -- Vendor, Customer, ItemService
            list TEXT NOT NULL,          -- what shares ids and names: Entity, Item, Account
            list_id TEXT NOT NULL,
            parent INTEGER REFERENCES record(number),
            name TEXT NOT NULL,
            name_key TEXT NOT NULL,      -- folded for comparison
            edit_sequence INTEGER NOT NULL,
            created INTEGER NOT NULL,    -- seconds since 1970
            modified INTEGER NOT NULL,
            is_active INTEGER NOT NULL,
            fields BLOB NOT NULL         -- the other fields as XML; references by ListID
        );
        CREATE UNIQUE INDEX record_list_id ON record(list, list_id);
        CREATE INDEX record_parent ON record(parent);
        CREATE UNIQUE INDEX record_name ON record(list, ifnull(parent, 0), name_key);
        -- What was sent under a message-set id, and what a repetition is answered.
        CREATE TABLE message_set (id TEXT PRIMARY KEY, document BLOB NOT NULL, answer BLOB NOT NULL);
        -- What goes wrong once, in the order in which it was asked for.
        CREATE TABLE fault (number INTEGER PRIMARY KEY, request TEXT NOT NULL, code INTEGER NOT NULL);
        """

    private static let second = """
        -- Every transaction.
        CREATE TABLE txn (
            number INTEGER PRIMARY KEY,  -- the TxnNumber
            kind TEXT NOT NULL,          -- Estimate, PurchaseOrder, Bill, BillPaymentCheck
            txn_id TEXT NOT NULL UNIQUE,
            edit_sequence INTEGER NOT NULL,
            created INTEGER NOT NULL,    -- seconds since 1970
            modified INTEGER NOT NULL,
            entity TEXT,                 -- ListID of the customer or vendor
            total TEXT NOT NULL,         -- dollars and cents
            fields BLOB NOT NULL         -- the head as XML; references by ListID
        );
        CREATE INDEX txn_kind ON txn(kind, entity);
        CREATE TABLE txn_line (
            txn INTEGER NOT NULL REFERENCES txn(number),
            place INTEGER NOT NULL,
            kind TEXT NOT NULL,          -- EstimateLine, PurchaseOrderLine, ExpenseLine, ItemLine
            line_id TEXT NOT NULL UNIQUE,
            order_id TEXT,               -- of a line of a bill: the order that it receives, and the line of it
            order_line_id TEXT,
            fields BLOB NOT NULL,
            PRIMARY KEY (txn, place)
        );
        CREATE INDEX txn_line_order ON txn_line(order_id);
        -- What payments settle of bills.
        CREATE TABLE applied (
            payment INTEGER NOT NULL REFERENCES txn(number),
            place INTEGER NOT NULL,
            bill INTEGER NOT NULL REFERENCES txn(number),
            amount TEXT NOT NULL,        -- dollars and cents
            discount TEXT NOT NULL,
            fields BLOB NOT NULL,        -- the account and class of the discount
            PRIMARY KEY (payment, place)
        );
        CREATE INDEX applied_bill ON applied(bill);
        """

    private static let third = """
        ALTER TABLE company ADD COLUMN name TEXT NOT NULL DEFAULT 'Sandbox Construction Company';
        ALTER TABLE txn ADD COLUMN is_void INTEGER NOT NULL DEFAULT 0;
        -- Numbers are not given again when the last transaction is deleted.
        INSERT INTO counter SELECT 'TxnNumber', ifnull(max(number), 0) FROM txn;
        -- What payments use of vendors' credits.
        CREATE TABLE credit (
            payment INTEGER NOT NULL REFERENCES txn(number),
            place INTEGER NOT NULL,
            bill INTEGER NOT NULL REFERENCES txn(number),
            credit INTEGER NOT NULL REFERENCES txn(number),
            amount TEXT NOT NULL,        -- dollars and cents
            PRIMARY KEY (payment, place)
        );
        CREATE INDEX credit_bill ON credit(bill);
        CREATE INDEX credit_credit ON credit(credit);
        -- What was deleted, in that order.
        CREATE TABLE deleted (
            number INTEGER PRIMARY KEY,
            what TEXT NOT NULL,          -- List, Txn
            kind TEXT NOT NULL,
            id TEXT NOT NULL,
            label TEXT NOT NULL,         -- FullName of a list record, RefNumber of a transaction
            created INTEGER NOT NULL,    -- seconds since 1970
            deleted INTEGER NOT NULL
        );
        -- What goes wrong: faults that are kept until they have happened, and how often others have met their request.
        CREATE TABLE planned (
            number INTEGER PRIMARY KEY,
            spec TEXT NOT NULL,
            is_kept INTEGER NOT NULL,
            met INTEGER NOT NULL
        );
        INSERT INTO planned (spec, is_kept, met)
            SELECT 'match=' || request || ',status=' || code || ',times=1', 1, 0 FROM fault ORDER BY number;
        DROP TABLE fault;
        """
}
