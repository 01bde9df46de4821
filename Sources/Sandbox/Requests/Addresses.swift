import QBXML

/// What QuickBooks makes of an address: five printed lines.
enum Addresses {
    static let names = ["VendorAddress", "BillAddress", "ShipAddress", "Address"]
    private static let lines = ["Addr1", "Addr2", "Addr3", "Addr4", "Addr5"]

    /// Checks that an address can be printed.
    ///
    /// Five lines in all; with a city, Addr4 and Addr5 are refused though they would still fit.
    /// - Throws: a `Status`: 3205.
    static func check(_ address: Element) throws {
        let hasCity = !(address["City"] ?? "").isEmpty
        let hasLate = lines[3...].contains { !(address[$0] ?? "").isEmpty }
        if printed(address).count > lines.count || hasCity && hasLate { throw Status.addressTooLong(address.name) }
    }

    /// The printed lines of an address as an element, such as `VendorAddressBlock`.
    static func block(_ address: Element) -> Element {
        let rows = printed(address).prefix(lines.count)
        return Element(
            address.name + "Block", children: zip(lines, rows).map { Element($0, text: String($1.prefix(41))) })
    }

    private static func printed(_ address: Element) -> [String] {
        func part(_ name: String) -> String { address[name] ?? "" }
        let state = [part("State"), part("PostalCode")].filter { !$0.isEmpty }.joined(separator: " ")
        let city = [part("City"), state].filter { !$0.isEmpty }.joined(separator: ", ")
        return (lines.map(part) + [city, part("Country")]).filter { !$0.isEmpty }
    }
}
