import Domain
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// The control totals of the status page: bounded, and read of an index.
@Suite struct StatusPageTotalsTests {
    private func ledger(_ body: (Ledger) throws -> Void) throws {
        let path = ReviewRoot.scratch.appendingPathComponent("totals-\(UUID().uuidString).sqlite").path
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        try body(try Ledger(path: path))
    }

    private func invoice(_ number: Int, project: String?, _ amount: String) -> LedgerRecord {
        var record = LedgerRecord(
            entity: .requisitions, procoreID: String(number), shown: "subcontractor invoice \(number)", file: 1)
        record.identity.project = project
        record.contents.wanted = Content(lines: [.init("1", [.init("Amount", amount)])])
        return record
    }

    @Test func halfOfThemAcceptedAndTheOthersHeldAreToldBySum() throws {
        try ledger { ledger in
            try ledger.write { books in
                for number in 0..<2_000 {
                    var record = invoice(number, project: String(225_000 + number % 500), "10.01")
                    if number.isMultiple(of: 2) {
                        record.contents.confirmed = record.wanted
                        record.link()
                    } else {
                        record.hold(for: "it waits")
                    }
                    try books.insert(&record)
                }
            }
            try ledger.read { books in
                let totals = try StatusPageTotals(books, today: "2026-11-29", after: 0)
                #expect(totals.section.count == 250, "projects with odd ids")
                #expect(totals.section.items.count == 200 && totals.section.leftOut == 50)
                #expect(totals.section.money.amount == Amount("10010"))
                let groups = totals.section.groups.map { "\($0.word): \($0.count), \($0.money.amount.money)" }
                #expect(
                    groups == [
                        "subcontractor invoices, as Procore has them: 2000, 20020.00",
                        "subcontractor invoices, as QuickBooks has them: 1000, 10010.00",
                    ])
                let first = try #require(totals.section.items.first)
                #expect(first.record == "Project 225001: subcontractor invoices")
                #expect(first.what == "Procore has $40.04 (4), and QuickBooks $0.00 (0): held 40.04 (4).")
                let rows = String(decoding: totals.csv, as: UTF8.self).split(separator: "\r\n")
                #expect(rows.count == 1 + 500)
                #expect(
                    rows[1].hasPrefix("all,225001,,subcontractor invoices,Procore,QuickBooks,4,40.04,0,0.00,40.04,"))
            }
        }
    }

    @Test func aSumOfVeryLargeAmountsDoesNotOverflow() throws {
        try ledger { ledger in
            try ledger.write { books in
                for number in 0..<1_100 {
                    var record = invoice(number, project: "1", "99999999999999.99")
                    record.queue()
                    try books.insert(&record)
                }
                var taken = invoice(9_999, project: "1", "-0.01")
                taken.queue()
                try books.insert(&taken)
            }
            try ledger.read { books in
                let cell = try #require(ControlTotals(books).byKind.first?.cell)
                // 1,100 times 99,999,999,999,999.99, less a cent.
                #expect(cell.brought.amount.money == "109999999999999988.99")
                #expect(cell.brought.count == 1_101 && cell.unknown == 0)
            }
        }
    }

    @Test func elementsOfListsAreInNoIndexOfMoney() throws {
        try ledger { ledger in
            try ledger.write { books in
                var vendor = LedgerRecord(entity: .vendors, procoreID: "1", shown: "vendor 1", file: 1)
                vendor.contents.wanted = Content([.init("Name", "Alder"), .init("Amount", "5.00")])
                try books.insert(&vendor)
                #expect(vendor.money == nil)
                #expect(try ControlTotals(books).cells.isEmpty)
            }
        }
    }

    @Test func whatIsWrittenOfARecordIsReadAgain() throws {
        try ledger { ledger in
            try ledger.write { books in
                var record = invoice(7, project: "225906", "12.34")
                record.contents.stated = Amount("15.00")
                record.tie.surplus = Amount("-0.05")
                record.contents.confirmed = record.wanted
                record.fail("no", remedy: nil)
                try books.insert(&record)
                let read = try #require(try books.record(id: record.id))
                #expect(read.identity.project == "225906" && read.contents.stated == Amount("15"))
                #expect(read.tie.surplus == Amount("-0.05"))
                let money = try #require(read.money)
                #expect(!money.isFromQuickBooks)
                #expect(money.brought == Amount("15") && money.accepted == Amount("12.29"))
            }
        }
    }
}
