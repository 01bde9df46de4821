/// A reader that is tried with any bytes, and what has to hold for them.
public enum FuzzTarget: String, Sendable, CaseIterable {
    case json, csv, qbxml, recogniser

    /// Tries the reader; ends the process where something does not hold.
    public func check(_ bytes: [UInt8]) {
        switch self {
        case .json: checkJSON(bytes)
        case .csv: checkCSV(bytes)
        case .qbxml: checkResponse(bytes)
        case .recogniser: checkRecogniser(bytes)
        }
    }
}

/// The sizes of the pieces in which the same bytes are handed to a reader.
let chunks = [Int.max, 7, 1]

/// Ends the process where a property does not hold: libFuzzer then keeps the bytes.
func require(_ holds: Bool, _ property: @autoclosure () -> String) {
    if !holds { fatalError(property()) }
}

/// Ends the process where the answers differ.
func requireSame<Answer: Equatable>(_ answers: [Answer], _ property: String) {
    guard let first = answers.first else { return }
    for other in answers.dropFirst() { require(other == first, "\(property):\n\(first)\n\(other)") }
}
