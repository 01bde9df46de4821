import Converters
import Domain
import Yams

/// `review:` in `plumbline.yaml`.
extension ConfigurationReader {
    /// Reads `all`, `[bills, payments]`, or `{bills: {above: 5000}, payments: all}`.
    mutating func review(_ path: String) -> Settings.Review {
        var review = Settings.Review()
        guard let found = value(path) else { return review }
        if let mapping = found.mapping {
            for (key, value) in mapping {
                guard let kind = reviewKind(key, path) else { continue }
                if let rule = reviewRule(value, of: kind, "\(path).\(kind.rawValue)") { review.add(kind, rule) }
            }
        } else if let list = found.sequence {
            for node in list { if let kind = reviewKind(node, path) { review.add(kind, .always) } }
        } else if found.scalar?.string == "all" {
            for kind in Settings.Review.Kind.allCases { review.add(kind, .always) }
        } else if found.scalar?.string != "none", let kind = reviewKind(found, path) {
            review.add(kind, .always)
        }
        return review
    }

    private mutating func reviewKind(_ node: Node, _ path: String) -> Settings.Review.Kind? {
        let word = node.scalar?.string ?? "?"
        if let kind = Settings.Review.Kind(rawValue: word) { return kind }
        let words = Settings.Review.Kind.allCases.map(\.rawValue)
        let nearest = words.min { editDistance($0, word) < editDistance($1, word) } ?? ""
        findings.append(
            "\(path) has \"\(word)\", which is no kind of document; did you mean \(nearest)? It can have "
                + "\(words.joined(separator: ", ")), or be all.")
        return nil
    }

    private mutating func reviewRule(
        _ node: Node, of kind: Settings.Review.Kind, _ path: String
    ) -> Settings.Review.Rule? {
        if let word = node.scalar?.string, ["all", "true", "yes"].contains(word) { return .always }
        if node.scalar?.string == "none" || node.scalar?.string == "false" { return nil }
        guard let mapping = node.mapping, mapping.count == 1, let (key, value) = mapping.first,
            key.scalar?.string == "above"
        else {
            findings.append("\(path) can be all, none, or {above: 5000}.")
            return nil
        }
        guard kind.hasAmount else {
            findings.append("\(path) can have no above: there is no money in \(kind.rawValue). It can be all or none.")
            return nil
        }
        let text = value.scalar?.string ?? "?"
        guard let amount = Amount(text), !amount.isNegative, amount.fits(2) else {
            findings.append("\(path).above is \"\(text)\"; it is an amount in dollars, such as 5000 or 2500.50.")
            return nil
        }
        return .above(amount)
    }
}
