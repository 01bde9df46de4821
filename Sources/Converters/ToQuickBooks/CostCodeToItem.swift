import Domain
import Procore
import QBXML

/// A Procore cost code becomes a QuickBooks Service item, with a description and an account for each side, so that
/// purchase orders and bills post to the expense account and sales to the income account.
///
/// Flat, the item is named by the full code (`03-300`); hierarchical, by its own part (`300`) below its parent's item.
/// - Sources: Procore support, "Detailed Data Mapping" and cost code export (code, description, accounts chosen at
///   export, at most 96 characters); Intuit qbXML reference "ItemServiceAdd", lengths from its schema.
public enum CostCodeToItem: ToQuickBooks {
    /// Its name in `plumbline mappings` and in the fixtures.
    public static let name = "cost-code-to-item"
    /// The sentence a bookkeeper would say.
    public static let summary = "A Procore cost code becomes a QuickBooks Service item."
    /// The names of both sides.
    public static let sides = (from: "Procore cost code", to: "QuickBooks ItemServiceAdd")
    /// What it becomes.
    public static let object = QuickBooksObject.itemService
    /// The code above it, where items are hierarchical.
    public static let needs = [entity]
    /// An event of Procore's own connector names both kinds of cost code alike.
    public static let eventLists = [entity.rawValue, "cost_codes"]
    /// The company's list as JSON, and the CSV that has no more than codes and descriptions.
    public static let exports = [
        Export(list: entity, by: .field) { code, _ in
            code.has(all: "standard_cost_code_list_id", "full_code") && !code.has("biller")
        },
        Export(list: entity, by: .name) { code, path in
            code.has(all: "name", "code") && ["cost_code", "cost-code", "cost code"].contains(where: path.contains)
        },
        Export(list: entity, columns: StandardCostCode.headers, atMost: 3),
    ]

    // swift-format-ignore
    public static let rows: [Row<StandardCostCode>] = [
        //  QuickBooks ItemServiceAdd                    Procore cost code
        Row("Name",                                      "full_code (code, if hierarchical)", from: itemName, .name(31)),
        Row("ParentRef/ListID",                          "parent_id (if hierarchical)",       idOf: parent),
        Row("SalesAndPurchase/SalesDesc",                "name",                 \.name,      .text(4095)),
        Row("SalesAndPurchase/IncomeAccountRef/FullName", "(quickbooks.income_account, quickbooks.accounts)",
            from: { $1.account(\.income, for: $0.fullCode ?? "") }, .account, update: .never),
        Row("SalesAndPurchase/PurchaseDesc",             "name",                 \.name,      .text(4095)),
        Row("SalesAndPurchase/ExpenseAccountRef/FullName", "(quickbooks.expense_account, quickbooks.accounts)",
            from: { $1.account(\.expense, for: $0.fullCode ?? "") }, .account, update: .never),
    ]

    /// Items need both default accounts.
    public static func missing(in settings: Settings) -> Problem? {
        for (account, key) in [
            (settings.accounts.items.income, "income_account"), (settings.accounts.items.expense, "expense_account"),
        ]
        where account == nil {
            return Problem(
                field: "quickbooks.\(key)",
                what: "An item needs an account for each side, and plumbline.yaml names no \(key).",
                remedy:
                    "Add \(key): with the account's full name below quickbooks: in plumbline.yaml, then drop the file again."
            )
        }
        return nil
    }

    /// The length of the whole code, and what a CSV cannot say.
    public static func check(_ code: StandardCostCode, settings: Settings) throws(Problem) {
        if let full = code.fullCode, full.unicodeScalars.count > 96 {
            throw Problem(
                field: "full_code",
                what:
                    "The cost code \"\(full)\" has \(full.unicodeScalars.count) characters; at most 96 go to QuickBooks.",
                remedy: "Shorten the code in Procore, export again, and drop the new file in the inbox.")
        }
        if settings.lists.items == .hierarchical, !code.knowsItsParent {
            throw Problem(
                field: "Code",
                what: "A CSV does not say which code stands above this one, and items: hierarchical needs that.",
                remedy: "Drop the list of standard cost codes as JSON, or set items: flat in plumbline.yaml.")
        }
    }

    private static let itemName: @Sendable (StandardCostCode, Settings) -> String? = { code, settings in
        settings.lists.items == .hierarchical && code.parentID != nil ? code.code : code.fullCode
    }

    private static let parent: @Sendable (StandardCostCode, Settings) -> RecordKey? = { code, settings in
        guard settings.lists.items == .hierarchical, let id = code.parentID else { return nil }
        return RecordKey(.standardCostCodes, id)
    }
}
