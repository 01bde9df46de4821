import QBXML
import Sandbox
import Testing

/// QuickBooks' error recovery.
@Suite struct MessageSetTests {
    let test: TestCompany

    init() throws {
        test = try TestCompany()
    }

    func send(_ attributes: String, _ requests: String = added("Vendor", "<Name>Rocky Rebar</Name>")) throws -> Element
    {
        try test.response(document(requests, attributes: "onError=\"stopOnError\" " + attributes))
    }

    @Test func aRepetitionRunsNothing() throws {
        let first = try send("newMessageSetID=\"set-1\"")
        #expect(first.attributes == ["newMessageSetID": "set-1", "messageSetStatusCode": "0"])
        let listID = first["VendorAddRs/VendorRet/ListID"]
        let contents = try test.company.contents()
        let second = try send("newMessageSetID=\"set-1\"")
        #expect(second.attributes == first.attributes)
        #expect(second.first("VendorAddRs")?.attributes == first.first("VendorAddRs")?.attributes)
        #expect(second["VendorAddRs/ErrorRecovery/ListID"] == listID)
        #expect(try test.company.contents() == contents)
    }

    @Test func refusalsAreRepeatedToo() throws {
        let vendor = added("Vendor", "<Name>Dana Whitfield</Name>")
        for _ in 1...2 {
            let answer = try send("newMessageSetID=\"set-1\"", vendor)
            #expect(answer.first("VendorAddRs")?.attributes["statusCode"] == "3100")
        }
        #expect(try send("newMessageSetID=\"set-2\"", vendor).children.count == 1)
    }

    @Test func otherContentIsNotRun() throws {
        _ = try send("newMessageSetID=\"set-1\"")
        let other = try send("newMessageSetID=\"set-1\"", added("Vendor", "<Name>Riverton Lumber</Name>"))
        #expect(other.attributes["messageSetStatusCode"] == "9001")
        #expect(other.children.isEmpty)
        #expect(try test.company.contents().contains { $0.fullName == "Riverton Lumber" } == false)
    }

    @Test func askingAndForgetting() throws {
        #expect(try send("newMessageSetID=\"x\" oldMessageSetID=\"x\"", "").attributes["messageSetStatusCode"] == "600")
        _ = try send("newMessageSetID=\"x\"")
        let known = try send("newMessageSetID=\"x\" oldMessageSetID=\"x\"", "")
        #expect(known.attributes["messageSetStatusCode"] == "0")
        #expect(known.children.map(\.name) == ["VendorAddRs"])
        #expect(try send("oldMessageSetID=\"x\"", "").attributes["messageSetStatusCode"] == "0")
        #expect(try send("oldMessageSetID=\"x\"", "").attributes["messageSetStatusCode"] == "600")
        #expect(try send("oldMessageSetID=\"ClearAllMessageSets\"", "").attributes["messageSetStatusCode"] == "0")
        let long = try send("newMessageSetID=\"\(String(repeating: "x", count: 25))\"")
        #expect(long.attributes["messageSetStatusCode"] == "9004")
    }

    @Test func statusesOnly() throws {
        let answer = try send("responseData=\"includeNone\"")
        #expect(answer.first("VendorAddRs")?.attributes["statusCode"] == "0")
        #expect(answer.first("VendorAddRs")?.children.isEmpty == true)
    }
}
