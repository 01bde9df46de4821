import Foundation
import QBXML
import Sandbox
import Testing

/// A sandbox company in a scratch folder of its own, which goes when it goes.
final class TestCompany {
    let company: SandboxCompany
    private let folder: URL

    init(edition: Edition = .us, name: String? = nil) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "sandbox-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: "company.sqlite").path
        company =
            try name.map { try SandboxCompany(path: path, edition: edition, name: $0) }
            ?? SandboxCompany(path: path, edition: edition)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    var path: String { folder.appending(path: "company.sqlite").path }

    /// The response to a document.
    func response(_ document: String) throws -> Element {
        let bytes: [UInt8]
        switch try company.answer(Array(document.utf8)) {
        case .response(let response): bytes = response
        case .refused(_, let message):
            Issue.record("\(message)\n\(document)")
            return Element("QBXMLMsgsRs")
        }
        return try Element.parse(bytes).first("QBXMLMsgsRs") ?? Element("QBXMLMsgsRs")
    }

    /// The answers to requests of one message set.
    func ask(_ requests: String..., attributes: String = "onError=\"continueOnError\"") throws -> [Element] {
        try response(document(requests.joined(), attributes: attributes)).children
    }

    /// The answer to one request, with its status checked.
    func ask(_ request: String, status: Int, sourceLocation: SourceLocation = #_sourceLocation) throws -> Element {
        let answer = try #require(try ask(request).first, sourceLocation: sourceLocation)
        #expect(answer.attributes["statusCode"] == "\(status)", "\(answer)", sourceLocation: sourceLocation)
        return answer
    }

    /// Adds a record of `VendorAdd`, `CustomerAdd` or `ItemServiceAdd`, and gives its `Ret`.
    func add(_ kind: String, _ fields: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Element {
        let answer = try ask(added(kind, fields), status: 0, sourceLocation: sourceLocation)
        return try #require(answer.first(kind + "Ret"), sourceLocation: sourceLocation)
    }

    /// Changes a record as its `Ret` shows it.
    func modify(
        _ kind: String, _ ret: Element, _ fields: String, status: Int = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Element {
        let answer = try ask(modified(kind, ret, fields), status: status, sourceLocation: sourceLocation)
        return answer.first(kind + "Ret") ?? answer
    }
}

func document(_ requests: String, version: String = "13.0", attributes: String = "onError=\"continueOnError\"")
    -> String
{
    """
    <?xml version="1.0" encoding="utf-8"?>
    <?qbxml version="\(version)"?>
    <QBXML><QBXMLMsgsRq \(attributes)>\(requests)</QBXMLMsgsRq></QBXML>
    """
}

func added(_ kind: String, _ fields: String, requestID: String = "1") -> String {
    "<\(kind)AddRq requestID=\"\(requestID)\"><\(kind)Add>\(fields)</\(kind)Add></\(kind)AddRq>"
}

func modified(_ kind: String, _ ret: Element, _ fields: String) -> String {
    let key = "<ListID>\(ret["ListID"] ?? "")</ListID><EditSequence>\(ret["EditSequence"] ?? "")</EditSequence>"
    return "<\(kind)ModRq requestID=\"1\"><\(kind)Mod>\(key)\(fields)</\(kind)Mod></\(kind)ModRq>"
}

let twoSides = """
    <SalesAndPurchase><SalesDesc>Concrete</SalesDesc><SalesPrice>0.00</SalesPrice>\
    <IncomeAccountRef><FullName>Construction Income</FullName></IncomeAccountRef>\
    <PurchaseDesc>Concrete</PurchaseDesc><PurchaseCost>0.00</PurchaseCost>\
    <ExpenseAccountRef><FullName>Job Expenses:Concrete</FullName></ExpenseAccountRef></SalesAndPurchase>
    """

let address = """
    <VendorAddress><Addr1>Rocky Rebar</Addr1><Addr2>PO Box 120</Addr2><City>Casper</City><State>WY</State>\
    <PostalCode>82601</PostalCode></VendorAddress>
    """
