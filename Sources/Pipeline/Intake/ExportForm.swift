import Domain
import Procore

/// How the records of one kind of export are read.
enum ExportForm: Sendable {
    /// Elements of lists, each a whole record.
    case list(Entity)
    /// Documents and their lines, which may come in several files.
    case documents(Documents)

    /// A kind of document export.
    struct Documents: Sendable {
        let entity: Entity
        /// Reads an object; nil where the form is a CSV.
        var json: (@Sendable (JSONRecord, ExportContext) throws(Problem) -> DocumentReading)?
        /// Reads a row, which may hold nothing; nil where the form is JSON.
        var csv: (@Sendable (CSVRow, ExportContext) throws(Problem) -> DocumentReading?)?

        init(
            _ entity: Entity, json: @escaping @Sendable (JSONRecord, ExportContext) throws(Problem) -> DocumentReading
        ) {
            self.entity = entity
            self.json = json
        }

        init(
            _ entity: Entity, csv: @escaping @Sendable (CSVRow, ExportContext) throws(Problem) -> DocumentReading?
        ) {
            self.entity = entity
            self.csv = csv
        }
    }

    static let projectCostCodes = ExportForm.documents(
        .init(.costCodes) { (json, context) throws(Problem) in
            try ProjectCostCode.read(json, context)
        })
    static let wbsCodes = ExportForm.documents(
        .init(.wbsCodes) { (json, context) throws(Problem) in
            try WBSCode.read(json, context)
        })
    static let budgetLines = ExportForm.documents(
        .init(.budgets) { (json: JSONRecord, context: ExportContext) throws(Problem) in
            try BudgetLine.read(json, context)
        })
    static let budgetDetailRows = ExportForm.documents(
        .init(.budgets) { (json, context) throws(Problem) in
            try BudgetLine.readDetailRow(json, context)
        })
    static let budgetExport = ExportForm.documents(
        .init(
            .budgets,
            csv: { (row: CSVRow, context: ExportContext) throws(Problem) in
                try BudgetLine.read(row, context)
            }))
    static let budgetModifications = ExportForm.documents(
        .init(.budgetModifications) { (json, context) throws(Problem) in
            try BudgetModification.read(json, context)
        })
    static let budgetChanges = ExportForm.documents(
        .init(.budgetChanges) { (json, context) throws(Problem) in
            try BudgetChange.read(json, context)
        })
    static let commitments = ExportForm.documents(
        .init(.commitments) { (json: JSONRecord, context: ExportContext) throws(Problem) in
            try Commitment.read(json, context)
        })
    static let commitmentLines = ExportForm.documents(
        .init(.commitments) { (json, context) throws(Problem) in
            try Commitment.readLine(json, context)
        })
    static let scheduleOfValues = ExportForm.documents(
        .init(
            .commitments,
            csv: { (row, context) throws(Problem) in
                try Commitment.read(row, context, number: row.ordinal)
            }))
    static let changeOrders = ExportForm.documents(
        .init(.commitmentChangeOrders) { (json, context) throws(Problem) in
            try CommitmentChangeOrder.read(json, context)
        })
    static let changeOrderLines = ExportForm.documents(
        .init(.commitmentChangeOrders) { (json, context) throws(Problem) in
            try CommitmentChangeOrder.readLine(json, context)
        })
    static let requisitions = ExportForm.documents(
        .init(.requisitions) { (json, context) throws(Problem) in
            try Requisition.read(json, context)
        })
    static let requisitionItems = ExportForm.documents(
        .init(.requisitions) { (json, context) throws(Problem) in
            try Requisition.readItem(json, context)
        })
    static let payments = ExportForm.documents(
        .init(.contractPayments) { (json, context) throws(Problem) in
            try ContractPayment.read(json, context)
        })
}
