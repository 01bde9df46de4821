import Domain
import Procore
import QBXML

/// The lines of a commitment.
extension CommitmentRun {
    typealias LineField = CommitmentLayout.Line

    /// Takes the lines; false where the commitment is for the converter.
    mutating func takeLines() -> Bool {
        let job = RecordKey(.projects, project)
        let (found, keys) = (found, plan.layout.line)
        return found.eachObject(in: Field.lines.rawValue, keys) { take($0, job: job) } && !lines.isEmpty
    }

    private mutating func take(_ line: FoundFields, job: RecordKey) -> Bool {
        guard let id = line.id(LineField.id) else { return false }
        let key = UnsafeBufferPointer(rebasing: line.bytes[id])
        lines.append(Content.lineStart)
        lines.append(contentsOf: key)
        lines.append(Content.fieldEnd)
        guard let item = takeCode(line), case .some(let stated) = amount(line) else { return false }
        let amount = stated.flatMap { line.money($0) }
        if let stated {
            if amount == nil { return false }
            addLine(plan.paths.amount, stated)
        }
        guard takeTexts(line), !isTaxed(line), let units = units(line, amount ?? .zero) else { return false }
        total += amount ?? .zero
        order.beginLine(plan.object.lineAdd, key)
        order.add(plan.line.item, idOf: item)
        guard writeDescription(line) else { return false }
        order.add(plan.line.quantity, amount: units.quantity)
        order.add(plan.line.rate, amount: units.price)
        order.add(plan.line.job, idOf: job)
        order.close(plan.object.lineAdd)
        return true
    }

    private mutating func addLine(_ path: [UInt8], _ range: Range<Int>) {
        lines.append(contentsOf: path)
        lines.append(contentsOf: UnsafeBufferPointer(rebasing: found.bytes[range]))
        lines.append(Content.fieldEnd)
    }

    private mutating func addLine(_ path: [UInt8], text: String) {
        lines.append(contentsOf: path)
        lines.append(contentsOf: text.utf8)
        lines.append(Content.fieldEnd)
    }

    /// Takes the cost code.
    /// - Returns: the item that it became; nil where it is for the converter.
    private mutating func takeCode(_ line: FoundFields) -> RecordKey? {
        if let code = plainCode(line) {
            addLine(plan.paths.code, code)
            return RecordKey(.standardCostCodes, code: QuickBooksText.comparisonKey(line.text(code)))
        }
        guard let (fields, shown) = line.codes(), !fields.contains(where: { $0.path == "sub_job" }) else { return nil }
        codes.add(shown)
        for field in fields {
            guard case .text(let text) = field.value, !text.isEmpty else { return nil }
            addLine(Content.start(ofText: field.path), text: text)
        }
        return try? CodeReference.item(of: Content.Line("", fields))
    }

    /// The full code, where the line says nothing else of its code.
    private func plainCode(_ line: FoundFields) -> Range<Int>? {
        guard !line.isObject(LineField.wbsCode.rawValue), case .empty = line[LineField.costCodeID] else { return nil }
        var code: Range<Int>?
        _ = line.withObject(in: LineField.costCode.rawValue, plan.layout.code) { found in
            typealias Code = CommitmentLayout.Code
            for other in [Code.name, .billerType, .id] { guard case .empty = found[other] else { return false } }
            if case .plain(let range, _) = found.filled(Code.fullCode) { code = range }
            return true
        }
        return code
    }

    /// Where the amount stands; nothing where there is none, and nil where it is for the converter.
    private func amount(_ line: FoundFields) -> Range<Int>?? {
        for field in [LineField.amount, .totalAmount, .extendedAmount] {
            switch line.filled(field) {
            case .empty: continue
            case .plain(let range, _): return .some(range)
            case .special, .unreadable: return .none
            }
        }
        return .some(nil)
    }

    /// Takes the texts that the sync ledger keeps as they are.
    private mutating func takeTexts(_ line: FoundFields) -> Bool {
        for number in 0...LineField.lastText.rawValue {
            switch line.filled(number, or: nil) {
            case .empty: continue
            case .plain(let range, _): addLine(plan.paths.line[number], range)
            case .special(let text):
                let text = withoutControls(text)
                guard number == LineField.description.rawValue, !text.isEmpty else { return false }
                addLine(plan.paths.line[number], text: text)
            case .unreadable: return false
            }
        }
        if line.isThere(LineField.commitmentLineItemID.rawValue) { addLine(plan.paths.hasLine, text: "true") }
        return true
    }

    /// Whether the line has tax, or a tax code that says nothing of how much.
    private func isTaxed(_ line: FoundFields) -> Bool {
        switch line.filled(LineField.taxAmount) {
        case .plain(let range, _): return line.amount(range)?.isZero != true
        case .empty:
            if case .empty = line.filled(LineField.taxCodeID) { return false }
            return true
        case .special, .unreadable: return true
        }
    }

    /// How many pieces at which price are ordered; nil where something is said of that.
    private func units(_ line: FoundFields, _ amount: Amount) -> PricedQuantity? {
        guard let quantity = number(line, .quantity), let price = number(line, .unitCost) else { return nil }
        let stated = PricedQuantity(quantity, at: price)
        let isByAmount = isText("amount", found.filled(Field.accountingMethod), of: found)
        let isManual = isText("manual", line.filled(LineField.extendedType), of: line)
        switch UnitsOfLine(stated, amount, isByAmount: isByAmount, isManual: isManual) {
        case .passedOn(let units, note: nil): return units
        case .passedOn, .leftOut: return nil
        case .none:
            let lump = OrderLine.lump(amount, terms.settings)
            return PricedQuantity(lump.quantity, at: lump.rate)
        }
    }

    private func isText(_ text: StaticString, _ filled: FilledText, of fields: FoundFields) -> Bool {
        guard case .plain(let range, _) = filled, range.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { fields.bytes[range].elementsEqual($0) }
    }

    /// The number in a field, nothing where it is empty; nil where it is not surely one.
    private func number(_ line: FoundFields, _ field: LineField) -> Amount? {
        switch line.filled(field) {
        case .empty: .zero
        case .plain(let range, _): line.amount(range)
        case .special, .unreadable: nil
        }
    }

    private mutating func writeDescription(_ line: FoundFields) -> Bool {
        switch line.filled(LineField.description) {
        case .empty: return true
        case .plain(let range, let look) where range.count <= 4095:
            order.add(plan.line.description, range, of: line, look)
            return true
        case .special(let text): return write(plan.line.description, withoutControls(text), by: .text(4095))
        case .plain, .unreadable: return false
        }
    }
}
