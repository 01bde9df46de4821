import Domain

extension SandboxFault {
    /// Reads a fault from words such as `match=BillAdd,status=3175,times=1`.
    /// - Throws: a `Problem` that says which word is wrong.
    public init(_ words: String) throws {
        var reader = FaultWords(whole: words)
        try reader.read()
        match = try reader.match()
        effect = try reader.effect()
        times = try reader.number("times", atLeast: 1)
        skip = try reader.number("skip", atLeast: 0) ?? 0
        message = reader.values["message"]
        if message != nil, reader.values["action"] != nil {
            throw reader.problem("message= goes with status= or hresult=.")
        }
        try check()
    }

    /// The words that say the same.
    var words: String {
        var words = ["match=\(match)"]
        switch effect {
        case .status(let code): words.append("status=\(code)")
        case .refuse(let hresult): words.append("hresult=\(hresult)")
        case .lose: words.append("action=lose")
        case .drop: words.append("action=drop")
        case .twice: words.append("action=twice")
        case .truncate(let part): words.append("action=truncate,value=\(part)")
        case .delay(let seconds): words.append("action=delay,value=\(seconds)")
        case .reorder: words.append("action=reorder")
        }
        if let times { words.append("times=\(times)") }
        if skip > 0 { words.append("skip=\(skip)") }
        if let message { words.append("message=\(message)") }
        return words.joined(separator: ",")
    }

    /// Checks that it can happen.
    /// - Throws: a `Problem` for a status that is no error, or a request that QuickBooks does not have.
    func check() throws {
        if case .status(let code) = effect, !(1_000...9_999).contains(code) {
            throw Problem(
                what: "Status \(code) is no refusal, so it cannot be provoked.",
                remedy: "Name a status code from 1000 to 9999, such as 3175.")
        }
        guard Messages.names.contains(where: matches) else {
            throw Problem(
                what: "QuickBooks has no request \(match).",
                remedy: "Name one such as BillAdd, a beginning such as Bill*, or * for all.")
        }
    }
}

/// Takes the words of a fault apart.
private struct FaultWords {
    private static let names: Set = ["match", "status", "hresult", "action", "value", "times", "skip"]

    let whole: String
    private(set) var values: [String: String] = [:]

    init(whole: String) {
        self.whole = whole
    }

    /// - Throws: a `Problem` for a word that is none, or stands twice.
    mutating func read() throws {
        var rest = whole[...]
        while !rest.isEmpty {
            if rest.hasPrefix("message=") {
                values["message"] = String(rest.dropFirst("message=".count))
                return
            }
            let word = rest.prefix { $0 != "," }
            rest = rest.dropFirst(word.count + 1)
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, Self.names.contains(parts[0]), !parts[1].isEmpty else {
                throw problem("\"\(word)\" is none of its words.")
            }
            guard values.updateValue(parts[1], forKey: parts[0]) == nil else {
                throw problem("\(parts[0])= stands twice.")
            }
        }
    }

    /// The request's name without `Rq`.
    func match() throws -> String {
        let match = values["match"] ?? "*"
        guard match.dropLast().allSatisfy({ $0 != "*" }) else { throw problem("* stands at the end of match= only.") }
        return match.hasSuffix("Rq") ? String(match.dropLast(2)) : match
    }

    func effect() throws -> SandboxFault.Effect {
        let given = ["status", "hresult", "action"].filter { values[$0] != nil }
        guard given.count == 1 else { throw problem("It has to name one of status=, hresult= and action=.") }
        if values["value"] != nil, !["truncate", "delay"].contains(values["action"]) {
            throw problem("value= goes with action=truncate and action=delay.")
        }
        if let code = try number("status", atLeast: 0) { return .status(code) }
        if let hresult = values["hresult"] {
            let digits = hresult.dropFirst(2)
            guard hresult.hasPrefix("0x"), digits.count == 8, digits.allSatisfy(\.isHexDigit) else {
                throw problem("hresult= is an error number such as 0x80040408.")
            }
            return .refuse(hresult)
        }
        switch values["action"] {
        case "lose": return .lose
        case "drop": return .drop
        case "twice": return .twice
        case "truncate": return .truncate(try decimal(or: 0.5, in: 0...1, "a part of the answer, from 0 to 1"))
        case "delay": return .delay(try decimal(or: 1, in: 0...3_600, "a number of seconds up to 3600"))
        case "reorder": return .reorder
        default: throw problem("action= is one of lose, drop, twice, truncate, delay and reorder.")
        }
    }

    func number(_ name: String, atLeast least: Int) throws -> Int? {
        guard let text = values[name] else { return nil }
        guard text.isDigits, let number = Int(text), number >= least else {
            throw problem("\(name)= is a whole number from \(least) on.")
        }
        return number
    }

    func problem(_ what: String) -> Problem {
        Problem(
            what: "The fault \"\(whole)\" cannot be read. \(what)",
            remedy: "Write it as match=BillAdd,status=3175,times=1 or match=*,action=drop.")
    }

    private func decimal(or usual: Double, in range: ClosedRange<Double>, _ meaning: String) throws -> Double {
        guard let text = values["value"] else { return usual }
        guard let value = Double(text), range.contains(value) else { throw problem("value= is \(meaning).") }
        return value
    }
}
