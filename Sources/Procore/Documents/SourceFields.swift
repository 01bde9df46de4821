import Domain

extension JSONRecord {
    /// The filled fields at some paths, as text exactly as written, in the order of the paths.
    /// - Throws: a `Problem` where a field stands twice or holds an object or a list.
    func fields(_ paths: [String]) throws(Problem) -> [Content.Field] {
        var fields: [Content.Field] = []
        for path in paths {
            if let text = try filled(path) { fields.append(.init(path, withoutControls(text))) }
        }
        return fields
    }
}

extension JSONRecord {
    /// The id at the first of several paths that has one.
    func firstID(_ paths: String...) throws(Problem) -> String? {
        for path in paths {
            if let id = try id(path) { return id }
        }
        return nil
    }

    /// The text at the first of several paths that is filled.
    func firstFilled(_ paths: String...) throws(Problem) -> String? {
        for path in paths {
            if let text = try filled(path) { return text }
        }
        return nil
    }
}

/// Text without the control characters that neither side can hold; line breaks and tabs stay.
public func withoutControls(_ text: String) -> String {
    let isControl: (UInt8) -> Bool = { $0 < 0x20 && $0 != 0x0a && $0 != 0x0d && $0 != 0x09 }
    guard text.utf8.contains(where: isControl) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.filter { !($0.isASCII && isControl(UInt8($0.value))) }))
}

/// Something that holds Procore's fields by name: a header or a line.
public protocol SourceFields {
    /// The text of a field; nil where it was empty.
    subscript(path: String) -> String? { get }
}

extension Content: SourceFields {}
extension Content.Line: SourceFields {}

extension SourceFields {
    /// The first of several fields that is filled.
    public func first(_ paths: String...) -> String? {
        for path in paths {
            if let text = self[path] { return text }
        }
        return nil
    }

    /// The number in a field; nil where it is empty.
    /// - Throws: a `Problem` where something else than a number stands there, such as `96.36%`.
    public func number(_ path: String) throws(Problem) -> Amount? {
        guard let text = self[path] else { return nil }
        if let amount = Amount(text) { return amount }
        throw Problem(
            field: path,
            what: text.contains("%")
                ? "The field \(path) is \"\(text)\": a percentage, where an amount belongs."
                : "The field \(path) is \"\(text)\", which is not a number as Procore's exports write them.",
            remedy: "Correct it in Procore, export again, and drop the new file.")
    }

    /// The dollars in a field; nil where it is empty.
    /// - Throws: a `Problem` where it is no number, or has fractions of a cent: money is never rounded.
    public func money(_ path: String) throws(Problem) -> Amount? {
        guard let amount = try number(path) else { return nil }
        guard amount.fits(2) else {
            throw Problem(
                field: path, what: "The field \(path) is \(amount), which has fractions of a cent.",
                remedy: "Correct the amount in Procore, export again, and drop the new file.")
        }
        guard amount.magnitude < tooMuch else {
            throw Problem(
                field: path,
                what: "The field \(path) is \(amount); QuickBooks takes at most ten digits before the point.",
                remedy: "Correct the amount in Procore, export again, and drop the new file.")
        }
        return amount
    }

    /// The calendar day in a field; nil where it is empty.
    /// - Throws: a `Problem` where no day stands there.
    public func date(_ path: String) throws(Problem) -> CalendarDate? {
        guard let text = self[path] else { return nil }
        if let date = CalendarDate(text) { return date }
        throw Problem(
            field: path, what: "The field \(path) is \"\(text)\", which is no date as Procore writes them.",
            remedy: "Correct it in Procore, export again, and drop the new file.")
    }
}

/// Quantities and prices have at most ten digits before the point. Source: Intuit qbXML reference, QUANTYPE.
private let tooMuch = Amount("10000000000") ?? .zero
