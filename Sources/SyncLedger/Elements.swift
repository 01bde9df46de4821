import Domain
import Foundation
import GRDB

/// An element of a QuickBooks list that waits to be matched with a record of Procore's.
public struct LedgerElement: Sendable {
    /// The list that it stands in.
    public var list: QuickBooksKind
    /// Its `ListID`.
    public var listID: String
    /// Its full name: `parent:child`.
    public var fullName: String
    /// The element as QuickBooks showed it, as qbXML.
    public var ret: [UInt8]

    /// An element of these parts.
    public init(list: QuickBooksKind, listID: String, fullName: String, ret: [UInt8]) {
        self.list = list
        self.listID = listID
        self.fullName = fullName
        self.ret = ret
    }
}

extension Books {
    /// Remembers an element as QuickBooks shows it now.
    public func set(_ element: LedgerElement) throws {
        let statement = try db.cachedStatement(
            literal: """
                INSERT OR REPLACE INTO element (list, list_id, full_name, ret)
                VALUES (\(element.list.rawValue), \(element.listID), \(element.fullName), \(Data(element.ret)))
                """)
        try statement.execute()
    }

    /// An element that waits to be matched.
    public func element(_ list: QuickBooksKind, _ listID: String) throws -> LedgerElement? {
        try elements("list = \(list.rawValue) AND list_id = \(listID)").first
    }

    /// The elements of a list that wait to be matched, by name.
    public func elements(of list: QuickBooksKind) throws -> [LedgerElement] {
        try elements("list = \(list.rawValue) ORDER BY full_name, list_id")
    }

    /// Forgets an element: it is tied, brought over, or gone.
    public func forgetElement(_ list: QuickBooksKind, _ listID: String) throws {
        try db.execute(literal: "DELETE FROM element WHERE list = \(list.rawValue) AND list_id = \(listID)")
    }

    private func elements(_ condition: SQL) throws -> [LedgerElement] {
        let elements = SQLRequest<Row>(
            literal: "SELECT list, list_id, full_name, ret FROM element WHERE \(condition)", cached: true)
        return try elements.fetchAll(db).map { row in
            guard let list = QuickBooksKind(rawValue: row["list"]) else {
                throw LedgerDamage("Element \(row["list_id"] as String) stands in an unknown list.")
            }
            return LedgerElement(
                list: list, listID: row["list_id"], fullName: row["full_name"], ret: Array(row["ret"] as Data))
        }
    }
}
