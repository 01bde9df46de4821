/// A version of qbXML that can be written: 13.0 (QuickBooks 2014) to 16.0 (QuickBooks 2023 and later).
///
/// A newer QuickBooks takes older versions; an older one refuses a newer version whole, with 0x80040400.
public enum QBXMLVersion: Int, Sendable, Hashable, Comparable, CaseIterable, CustomStringConvertible {
    /// QuickBooks 2014 to 2017.
    case v13 = 13
    /// QuickBooks 2018 to 2021.
    case v14 = 14
    /// QuickBooks 2022.
    case v15 = 15
    /// QuickBooks 2023 and later.
    case v16 = 16

    /// Reads `13.0`, as it stands in a configuration or a document; nil for every other version.
    public init?(_ text: some StringProtocol) {
        guard let known = Self.allCases.first(where: { $0.description == text }) else { return nil }
        self = known
    }

    /// `13.0`
    public var description: String { "\(rawValue).0" }

    /// Older is less.
    public static func < (left: QBXMLVersion, right: QBXMLVersion) -> Bool { left.rawValue < right.rawValue }
}

/// The two editions of QuickBooks Desktop that take qbXML, each with elements of its own.
public enum Edition: String, Sendable, Hashable, CaseIterable {
    /// United States.
    case us
    /// Canada.
    case ca
}
