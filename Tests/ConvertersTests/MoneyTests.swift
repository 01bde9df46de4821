import Converters
import Domain
import Procore
import Seeds
import Testing

/// The arithmetic of money, on many invented documents: whatever the numbers, not a cent is lost or made.
@Suite struct MoneyTests {
    /// Two orders' worth of books: what the converters may know of other records.
    private struct Books: References {
        var contents: [RecordKey: Content] = [:]

        func wanted(_ key: RecordKey) -> Content? { contents[key] }
        func source(_ key: RecordKey) -> DocumentSource? { nil }
        func additions(to key: RecordKey) -> [(key: RecordKey, content: Content?)] { [] }
        func absence(of key: RecordKey) -> String { "absent" }
    }

    private static let contract = RecordKey(.commitments, "786001")

    private static func commitment(_ cents: [Int]) -> DocumentSource {
        let lines = cents.enumerated().map { index, cents in
            Content.Line(
                String(500 + index), [.init("cost_code", "03-300"), .init("amount", money(cents))])
        }
        let header = Content([
            .init("number", "SC-001"), .init("status", "Approved"), .init("vendor.id", "401101"),
            .init("project.id", "225906"), .init("accounting_method", "amount"),
            .init("grand_total", money(cents.reduce(0, +))),
        ])
        return DocumentSource(
            contract, fragments: [DocumentFragment.header: header, DocumentFragment.lines: Content(lines: lines)])
    }

    private static func money(_ cents: Int) -> String {
        let digits = String(cents.magnitude)
        let padded = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
        return (cents < 0 ? "-" : "") + padded.dropLast(2) + "." + padded.suffix(2)
    }

    private static func mapped(_ conversion: Conversion) throws -> Content {
        guard case .mapped(let mapped) = conversion else {
            Issue.record("not converted: \(conversion)")
            throw CancellationError()
        }
        return mapped.content
    }

    private static func number(_ line: Content.Line, _ field: String) throws -> Amount {
        try #require(line[field].flatMap { Amount($0) }, "\(field) of \(line)")
    }

    @Test(arguments: Settings.LumpSum.allCases)
    func aLumpSumOrderComesToItsAmounts(_ form: Settings.LumpSum) throws {
        var settings = Settings(companyID: "8089")
        settings.documents.lumpSum = form
        var random = Seeded(seed: 1)
        for _ in 0..<300 {
            let cents =
                (0..<Int.random(in: 1...9, using: &random)).map { _ in
                    Int.random(in: -5_000_000_00...50_000_000_00, using: &random)
                } + [0]
            let order = try Self.mapped(
                CommitmentToPurchaseOrder.convert(Self.commitment(cents), settings: settings, references: Books()))
            #expect(order.lines.count == cents.count)
            for (line, cents) in zip(order.lines, cents) {
                let quantity = try Self.number(line, "Quantity")
                let rate = try Self.number(line, "Rate")
                #expect(quantity * rate == Amount(Self.money(cents)))
                // A quantity of nothing or less would make QuickBooks take the order for received.
                #expect(!quantity.isNegative && !quantity.isZero)
            }
        }
    }

    @Test func anInvoiceComesToWhatIsDueAndBillsInPartsReceiveTheOrderExactly() throws {
        var settings = Settings(companyID: "8089")
        settings.documents.retainageItem = "Retainage"
        var random = Seeded(seed: 2)
        for _ in 0..<200 {
            let ordered = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                Int.random(in: 1_00...900_000_00, using: &random)
            }
            var books = Books()
            books.contents[Self.contract] = try Self.mapped(
                CommitmentToPurchaseOrder.convert(Self.commitment(ordered), settings: settings, references: books))
            var received = ordered.map { _ in Amount.zero }
            var open = ordered
            for part in 1...4 {
                var due = 0
                var items: [Content.Line] = []
                for index in ordered.indices {
                    let gross = part == 4 ? open[index] : Int.random(in: 0...open[index], using: &random)
                    open[index] -= gross
                    let stored = gross == 0 ? 0 : Int.random(in: 0...gross, using: &random)
                    let withheld = Int.random(in: 0...gross, using: &random)
                    let released = Int.random(in: 0...50_00, using: &random)
                    due += gross - withheld + released
                    items.append(
                        .init(
                            String(900 + index),
                            [
                                .init("line_item_id", String(500 + index)), .init("item_type", "contract_item"),
                                .init("work_completed_this_period", Self.money(gross - stored)),
                                .init("materials_presently_stored", Self.money(stored)),
                                .init("materials_presently_stored_from_previous_progress", "0.00"),
                                .init("work_completed_retainage_retained_this_period", Self.money(withheld)),
                                .init("materials_stored_retainage_new_materials", "0.00"),
                                .init("work_completed_retainage_released_this_period", Self.money(released)),
                            ]))
                }
                let header = Content([
                    .init("status", "approved"), .init("commitment_id", "786001"),
                    .init("summary.current_payment_due", Self.money(due)), .init("invoice_number", "A-\(part)"),
                ])
                let conversion = try RequisitionToBill.convert(
                    DocumentSource(
                        RecordKey(.requisitions, String(part)),
                        fragments: [
                            DocumentFragment.header: header, DocumentFragment.contractItems: Content(lines: items),
                        ]),
                    settings: settings, references: books)
                if case .skipped = conversion { continue }
                let bill = try Self.mapped(conversion)
                #expect(try bill.lines.map { try Self.number($0, "Amount") }.sum == Amount(Self.money(due)))
                for line in bill.lines where line["Quantity"] != nil {
                    let index = try #require(Int(line.key)) - 500
                    received[index] += try Self.number(line, "Quantity")
                }
            }
            for (received, cents) in zip(received, ordered) { #expect(received == Amount(Self.money(cents))) }
        }
    }

    @Test func changesToOneLineAddUp() throws {
        var books = Books()
        let settings = Settings(companyID: "8089")
        books.contents[Self.contract] = try Self.mapped(
            CommitmentToPurchaseOrder.convert(Self.commitment([100_00]), settings: settings, references: books))
        var random = Seeded(seed: 3)
        for _ in 0..<300 {
            let cents = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                Int.random(in: -90_000_00...90_000_00, using: &random)
            }
            let lines = cents.enumerated().map { index, cents in
                Content.Line(
                    String(700 + index),
                    [
                        .init("cost_code", "03-300"), .init("amount", Self.money(cents)),
                        .init("commitment_line_item_id", String(500 + index % 2)),
                        .init("has_commitment_line_item_id", "true"),
                    ])
            }
            let header = Content([
                .init("number", "001"), .init("status", "approved"), .init("contract_id", "786001"),
                .init("grand_total", Self.money(cents.reduce(0, +))),
            ])
            let change = try Self.mapped(
                ChangeOrderToPurchaseOrderLines.convert(
                    DocumentSource(
                        RecordKey(.commitmentChangeOrders, "1"),
                        fragments: [DocumentFragment.header: header, DocumentFragment.lines: Content(lines: lines)]),
                    settings: settings, references: books))
            #expect(change.lines.count == min(2, cents.count))
            let total = try change.lines.map { try Self.number($0, "Quantity") * Self.number($0, "Rate") }.sum
            #expect(total == Amount(Self.money(cents.reduce(0, +))))
        }
    }

    @Test func aMissingCentStopsTheDocument() throws {
        let settings = Settings(companyID: "8089")
        var source = Self.commitment([100_00, 23_45])
        source.fragments[DocumentFragment.header]?.fields.removeAll { $0.path == "grand_total" }
        source.fragments[DocumentFragment.header]?.fields.append(.init("grand_total", "123.46"))
        // Lines in files of their own may still be on their way; those that came with their header are all there are.
        guard case .waits = CommitmentToPurchaseOrder.convert(source, settings: settings, references: Books()) else {
            Issue.record("does not wait for further lines")
            return
        }
        source.fragments[DocumentFragment.header]?.fields.append(.init("has_lines", "true"))
        let conversion = CommitmentToPurchaseOrder.convert(source, settings: settings, references: Books())
        guard case .refused(let problems) = conversion else {
            Issue.record("not refused: \(conversion)")
            return
        }
        #expect(problems.map(\.field) == ["grand_total"])
        #expect(problems[0].what.contains("0.01 of difference"))
    }
}
