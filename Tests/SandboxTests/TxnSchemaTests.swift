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

    // Needs ../shared and xmllint.
    @Test(.enabled(if: Shared.hasSchemas))
    func answersFromMemoryAreValid() throws {
        let test = try TestCompany()
        let check = try test.add("Check", Cost.checking + Cost.expense("1.00"))
        let vendor = try test.add("Vendor", "<Name>Rocky Rebar</Name>")
        let requests = [
            Cost.void("Check", check), Cost.delete("Check", check), Cost.deleteRecord("Vendor", vendor),
            Cost.deleted("Txn", ["Check"]), Cost.deleted("List", ["Vendor"]), added("TimeTracking", Cost.time("PT1H")),
        ]
        for (id, fault) in [("s", nil), ("s", nil), ("t", "status=9005,times=1"), ("t", nil)] {
            let attributes = "onError=\"continueOnError\" newMessageSetID=\"\(id)\""
            let set = document(requests.joined(), attributes: attributes)
            let faults = try [fault].compactMap(\.self).map { try SandboxFault($0) }
            guard case .response(let response) = try test.company.deliver(Array(set.utf8), faults: faults).answers.first
            else {
                Issue.record("refused: \(set)")
                return
            }
            try self.check(response, .us, set)
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
