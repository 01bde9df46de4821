/// A case's folder name, written as the sentence that it stands for.
enum FixtureSentence {
    /// `a-name-of-41-characters-fits` is "A name of 41 characters fits".
    static func of(_ folder: String) -> String {
        var words = folder.split(separator: "-").map { word in spellings[String(word)] ?? String(word) }
        // A status code stands apart from what follows from it.
        if let code = words.prefix(2).firstIndex(where: { $0.hasPrefix("0x") || Int($0) != nil }),
            code == 0 || words[0] == "HRESULT"
        {
            words[code] += ":"
        }
        var text = " " + words.joined(separator: " ") + " "
        for (plain, spelt) in phrases { text.replace(" \(plain) ", with: " \(spelt) ") }
        text.replace(" s ", with: "'s ")
        let sentence = text.dropFirst().dropLast()
        return sentence.prefix(1).uppercased() + sentence.dropFirst()
    }

    /// Words that a folder name cannot spell, since its letters are small.
    private static let spellings = [
        "ascii": "ASCII", "canada": "Canada", "canadian": "Canadian", "chinese": "Chinese", "csv": "CSV",
        "excel": "Excel", "guid": "GUID", "hresult": "HRESULT", "html": "HTML", "json": "JSON", "mod": "Mod",
        "ndjson": "NDJSON", "procore": "Procore", "procores": "Procore's", "qbxml": "qbXML",
        "quickbooks": "QuickBooks", "soap": "SOAP", "somebodys": "somebody's", "unicode": "Unicode", "wbs": "WBS",
    ]

    /// What takes more than one word to know: the words as they are spelt above, and then as people write them.
    private static let phrases = [
        ("another roots", "another root's"), ("bill to", "Bill To"), ("companys name", "company's name"),
        ("headers own", "header's own"), ("its commitments is", "its commitment's is"),
        ("its customers", "its customer's"), ("its projects cost", "its project's cost"), ("lines sum", "lines' sum"),
        ("list id", "ListID"), ("origin id", "origin_id"), ("QuickBooks own", "QuickBooks' own"),
        ("QuickBooks words", "QuickBooks' words"), ("request id", "requestID"), ("ship to", "Ship To"),
        ("takes the transactions", "takes the transaction's"), ("the customers", "the customer's"),
        ("updated at", "updated_at"), ("us root", "US root"), ("utf 16", "UTF-16"), ("utf 8", "UTF-8"),
        ("windows letters", "Windows letters"),
    ]
}
