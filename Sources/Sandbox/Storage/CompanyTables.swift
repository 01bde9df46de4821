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
}
