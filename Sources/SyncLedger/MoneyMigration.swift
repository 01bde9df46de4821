import Domain
import Foundation
import GRDB

extension Books {
    /// Both sides' dollars of a record in columns of their own, in cents, so that control totals read an index and no content.
    /// Elements of lists have none of them, and are in no index here; nor is a record between being read and being decided, so
    /// that it is entered there once.
    static let moneyColumns = """
        ALTER TABLE record ADD COLUMN project TEXT;             -- Procore's id of the project
        ALTER TABLE record ADD COLUMN stated INTEGER;           -- cents that Procore's document states of itself
        ALTER TABLE record ADD COLUMN surplus INTEGER;          -- cents that QuickBooks showed more than it confirmed
        ALTER TABLE record ADD COLUMN from_quickbooks INTEGER;  -- 1: it goes to Procore; NULL: of no dollars, or undecided
        ALTER TABLE record ADD COLUMN brought INTEGER;          -- cents that the side says which it comes from
        ALTER TABLE record ADD COLUMN accepted INTEGER;         -- cents that the other side accepted
        ALTER TABLE turned_away ADD COLUMN project TEXT;
        ALTER TABLE turned_away ADD COLUMN amount INTEGER;      -- cents; NULL: not known
        CREATE INDEX record_money ON record(project, entity, from_quickbooks, state, brought, accepted)
            WHERE from_quickbooks IS NOT NULL;
        """

    /// Fills the columns for what the ledger holds already.
    static func fillMoneyColumns(_ db: Database) throws {
        for function in [contentCents, statedCents, contentProject, paidInvoice] { db.add(function: function) }
        defer {
            for function in [contentCents, statedCents, contentProject, paidInvoice] { db.remove(function: function) }
        }
        try db.execute(
            sql: """
                UPDATE record SET
                    from_quickbooks = imported IS NOT NULL,
                    stated = (SELECT stated_cents(content) FROM fragment
                        WHERE fragment.record = record.id AND name = 'header'),
                    brought = coalesce(content_cents(imported), content_cents(wanted)),
                    accepted = CASE WHEN imported IS NULL THEN content_cents(confirmed)
                        WHEN procore_id IS NULL THEN NULL
                        WHEN exported = x'02' THEN content_cents(imported) ELSE content_cents(exported) END,
                    project = coalesce(content_project(wanted), (SELECT content_project(content) FROM fragment
                        WHERE fragment.record = record.id AND name = 'header'))
                WHERE entity IN ('budgets', 'budget_modifications', 'budget_changes', 'commitments',
                    'commitment_change_orders', 'requisitions', 'direct_costs', 'contract_payments');
                UPDATE record SET brought = stated WHERE from_quickbooks = 0 AND stated IS NOT NULL
                    AND (brought IS NULL OR state IN ('held', 'failed'));
                UPDATE record SET project = procore_id WHERE entity = 'budgets';
                UPDATE record SET project = substr(owner, 9) WHERE project IS NULL AND owner LIKE 'budgets/%';
                UPDATE record SET project = (SELECT other.project FROM record AS other
                        WHERE other.entity = 'commitments' AND other.procore_id = substr(record.owner, 13))
                    WHERE project IS NULL AND owner LIKE 'commitments/%';
                UPDATE record SET project = (SELECT other.project FROM record AS other
                        WHERE other.entity = 'requisitions' AND other.procore_id = paid_invoice(record.wanted))
                    WHERE project IS NULL AND entity = 'contract_payments' AND from_quickbooks = 0;
                UPDATE record SET project = (SELECT other.project FROM record AS other
                        WHERE other.entity = 'requisitions' AND other.list = 'Bill'
                            AND other.list_id = substr(record.list_id, instr(record.list_id, '|') + 1))
                    WHERE project IS NULL AND entity = 'contract_payments' AND from_quickbooks = 1;
                UPDATE record SET project = (SELECT other.procore_id FROM record AS other
                        WHERE other.entity = 'projects' AND other.list = 'Customer'
                            AND other.list_id = substr(record.list_id, instr(record.list_id, '|') + 1))
                    WHERE entity = 'direct_costs';
                """)
    }

    private static func content(_ values: [DatabaseValue]) -> Content? {
        Data.fromDatabaseValue(values[0]).map { Content(decoding: Array($0)) }
    }

    private static let contentCents = DatabaseFunction("content_cents", argumentCount: 1, pure: true) { values in
        content(values)?.total?.cents
    }

    private static let statedCents = DatabaseFunction("stated_cents", argumentCount: 1, pure: true) { values in
        guard let header = content(values) else { return nil }
        let said = ["grand_total", "summary.current_payment_due", "amount"].lazy.compactMap { header[$0] }.first
        return said.flatMap { Amount($0) }?.cents
    }

    private static let contentProject = DatabaseFunction("content_project", argumentCount: 1, pure: true) { values in
        guard let content = content(values) else { return nil }
        return content["project.id"] ?? content["project_id"]
            ?? content.references.first { $0.entity == .projects }?.procoreID
    }

    private static let paidInvoice = DatabaseFunction("paid_invoice", argumentCount: 1, pure: true) { values in
        content(values)?.references.first { $0.entity == .requisitions }?.procoreID
    }
}
