import QBXML
import Sandbox
import Testing

/// The responses to the transactions against Intuit's schemas.
@Suite struct TxnSchemaTests {
    // Needs ../shared and xmllint.
    @Test(.enabled(if: Shared.hasSchemas), arguments: Edition.allCases, ["orders and bills", "costs"])
    func responsesAreValid(_ edition: Edition, _ scenario: String) throws {
        let test = try TestCompany(edition: edition)
        var documents: [(String, [UInt8])] = []
        _ = try TxnDifferentialTests.transcript(scenario == "costs" ? CostScenario.steps : TxnScenario.steps) {
            request in
            guard case .response(let response) = try test.company.answer(Array(request.utf8)) else {
                Issue.record("refused: \(request)")
                return Element("QBXMLMsgsRs")
            }
            documents.append((request, response))
            return try Element.parse(response).first("QBXMLMsgsRs") ?? Element("QBXMLMsgsRs")
        }
        for (request, response) in documents {
            try check(response, edition, request)
        }
    }

    private func check(_ response: [UInt8], _ edition: Edition, _ request: String) throws {
        for version in [130, 160] {
            let arguments = ["--noout", "--nonet", "--schema", Shared.schema(edition.rawValue, version), "-"]
            let result = try Shared.run("xmllint", arguments, input: response)
            #expect(result.status == 0, "\(result.output)\n\(request)")
        }
    }
}
