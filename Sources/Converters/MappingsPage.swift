/// The mapping tables as a page for people.
public enum MappingsPage {
    /// Markdown for some converters, in their order.
    public static func text(of converters: [any Converter.Type]) -> String {
        converters.map(section).joined(separator: "\n")
    }

    /// The whole page `docs/mappings.md`.
    public static var page: String {
        """
        # Mappings

        This page is printed from the tables that do the converting (`plumbline mappings`); a test keeps it true.
        "Update" says when a record that is already linked may be changed through a row: `always`; `address`, only
        with `update_addresses: true`; `never`, since it is set once, when the record is made.


        """ + text(of: allConverters)
    }

    private static func section(_ converter: any Converter.Type) -> String {
        let (from, to) = converter.sides
        var text = "## \(converter.name)\n\n\(converter.summary)\n"
        guard !converter.table.isEmpty else { return text }
        text += "\n| \(to) | \(from) | Rule | Update |\n|---|---|---|---|\n"
        for line in converter.table {
            text += "| `\(line.target)` | \(line.source) | \(line.rule) | \(line.update) |\n"
        }
        return text
    }
}
