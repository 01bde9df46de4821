import QBXML
import Sandbox
import Testing

/// Transactions of the sandbox beside those of the other simulated company.
@Suite struct TxnDifferentialTests {
    /// One document: what it asks, and the names under which later ones find its answers.
    typealias Step = @Sendable ([String: Element]) -> [(String, String)]

    // Needs ../shared, python3 and lxml.
    @Test(.enabled(if: Shared.hasSimulator), arguments: ["orders and bills", "costs"])
    func bothCompaniesAnswerAlike(_ scenario: String) throws {
        let test = try TestCompany()
        let other = try Simulator()
        let steps = scenario == "costs" ? CostScenario.steps : TxnScenario.steps
        let mine = try Self.transcript(steps) { try test.response($0) }
        let theirs = try Self.transcript(steps) { try other.response($0) }
        #expect(mine.count == theirs.count)
        for (mine, theirs) in zip(mine, theirs) { #expect(mine == theirs) }
    }

    // Needs ../shared, python3 and lxml.
    @Test(.enabled(if: Shared.hasSimulator))
    func bothCompaniesCompleteNumbersAlike() throws {
        let test = try TestCompany()
        let other = try Simulator()
        let requests = TxnScenario.numbers.map { fields in
            added("Estimate", Txn.gym + Txn.date + Txn.line("EstimateLineAdd", fields, item: "05 Anchors"))
        }
        func answers(_ ask: DifferentialTests.Ask) throws -> [Element] {
            _ = try ask(document(Txn.lists))
            return try ask(document(requests.joined())).children
        }
        let mine = try answers { try test.response($0) }
        let theirs = try answers { try other.response($0) }
        #expect(mine.count == requests.count)
        func numbers(_ answer: Element) -> [String?] {
            let fields = ["TotalAmount"] + ["Quantity", "Rate", "Amount"].map { "EstimateLineRet/" + $0 }
            // The other company gives a zero the sign of what was rounded away.
            let numbers = fields.map { answer["EstimateRet/" + $0] }.map { $0 == "-0.00" ? "0.00" : $0 }
            return [answer.attributes["statusCode"]] + numbers
        }
        for (place, (mine, theirs)) in zip(mine, theirs).enumerated() {
            #expect(numbers(mine) == numbers(theirs), "\(TxnScenario.numbers[place])")
        }
    }

    /// Of each answer the status and every field of the records; ids, edit sequences and times by what they stand for.
    static func transcript(_ steps: [Step], _ ask: DifferentialTests.Ask) throws -> [[String]] {
        var rets: [String: Element] = [:]
        var seen: [String: String] = [:]
        var answers: [[String]] = [["lists"] + (try ask(document(Txn.lists)).children.map(\.name))]
        for (index, step) in steps.enumerated() {
            let requests = step(rets)
            let response = try ask(document(requests.map(\.1).joined()))
            for ((name, _), answer) in zip(requests, response.children) {
                let status = answer.attributes["statusCode"] ?? ""
                var lines = ["\(index) \(name): \(answer.name) \(status)"]
                if status != "3200" {
                    // The answer to a deletion is no record but the parts of one.
                    if answer.children.allSatisfy(\.children.isEmpty) {
                        flatten(answer, answer.name, &seen, &lines)
                    }
                    for ret in answer.children { flatten(ret, ret.name, &seen, &lines) }
                    if let ret = answer.children.first, !ret.children.isEmpty { rets[name] = ret }
                }
                answers.append(lines)
            }
        }
        return answers
    }

    private static func flatten(
        _ element: Element, _ path: String, _ seen: inout [String: String], _ lines: inout [String]
    ) {
        for child in element.children {
            let path = path + "/" + child.name
            switch child.name {
            case "ListID", "TimeCreated", "TimeModified", "TimeDeleted": continue
            case "TxnID", "TxnLineID", "EditSequence":
                let token = seen[child.text] ?? "#\(seen.count)"
                seen[child.text] = token
                lines.append("\(path) \(token)")
            default:
                if child.children.isEmpty { lines.append("\(path) \(child.text)") }
                flatten(child, path, &seen, &lines)
            }
        }
    }
}
