import Domain
import Foundation
import QBXML
import Sandbox
import Testing

/// Faults in words.
@Suite struct FaultWordsTests {
    static let read: [(String, String, SandboxFault.Effect, Int?, Int, String?)] = [
        ("match=BillAdd,status=3175", "BillAdd", .status(3175), nil, 0, nil),
        ("status=3200,match=BillModRq,times=2,skip=1", "BillMod", .status(3200), 2, 1, nil),
        ("match=Bill*,action=lose", "Bill*", .lose, nil, 0, nil),
        ("action=drop", "*", .drop, nil, 0, nil),
        ("match=*,action=twice,times=1", "*", .twice, 1, 0, nil),
        ("action=truncate", "*", .truncate(0.5), nil, 0, nil),
        ("action=truncate,value=0.4", "*", .truncate(0.4), nil, 0, nil),
        ("action=delay,value=2", "*", .delay(2), nil, 0, nil),
        ("action=delay", "*", .delay(1), nil, 0, nil),
        ("action=reorder", "*", .reorder, nil, 0, nil),
        ("match=VendorAdd,hresult=0x80040408", "VendorAdd", .refuse("0x80040408"), nil, 0, nil),
        (
            "match=TxnDel,status=3180,message=Locked, says=it, twice", "TxnDel", .status(3180), nil, 0,
            "Locked, says=it, twice"
        ),
    ]

    @Test(arguments: read)
    func aFaultIsRead(
        _ words: String, _ match: String, _ effect: SandboxFault.Effect, _ times: Int?, _ skip: Int, _ message: String?
    ) throws {
        let fault = try SandboxFault(words)
        #expect(fault.match == match)
        #expect(fault.effect == effect)
        #expect(fault.times == times)
        #expect(fault.skip == skip)
        #expect(fault.message == message)
    }

    static let refused: [(String, String)] = [
        ("", "It has to name one of status=, hresult= and action=."),
        ("match=BillAdd", "It has to name one of status=, hresult= and action=."),
        ("status=3175,action=lose", "It has to name one of status=, hresult= and action=."),
        ("action=explode", "action= is one of lose, drop, twice, truncate, delay and reorder."),
        ("action=lose,often=yes", "\"often=yes\" is none of its words."),
        ("lose", "\"lose\" is none of its words."),
        ("action=", "\"action=\" is none of its words."),
        ("status=soon", "status= is a whole number from 0 on."),
        ("status=3175,times=0", "times= is a whole number from 1 on."),
        ("status=3175,skip=-1", "skip= is a whole number from 0 on."),
        ("status=3175,status=3180", "status= stands twice."),
        ("status=3175,value=2", "value= goes with action=truncate and action=delay."),
        ("action=truncate,value=40", "value= is a part of the answer, from 0 to 1."),
        ("action=delay,value=soon", "value= is a number of seconds up to 3600."),
        ("action=drop,message=no", "message= goes with status= or hresult=."),
        ("hresult=80040408", "hresult= is an error number such as 0x80040408."),
        ("match=*Add,action=drop", "* stands at the end of match= only."),
        ("match=BillAd,action=drop", "QuickBooks has no request BillAd."),
        ("match=Bil*Add,action=drop", "* stands at the end of match= only."),
        ("match=Bull*,action=drop", "QuickBooks has no request Bull*."),
        ("status=500", "Status 500 is no refusal, so it cannot be provoked."),
    ]

    @Test(arguments: refused)
    func aWrongFaultIsRefusedInWords(_ words: String, _ reason: String) throws {
        let problem = #expect(throws: Problem.self) { try SandboxFault(words) }
        #expect(problem?.what.hasSuffix(reason) == true, "\(problem?.what ?? "")")
    }
}

/// What goes wrong when it is asked for.
@Suite struct FaultTests {
    let test: TestCompany

    init() throws {
        test = try TestCompany()
    }

    static let vendor = document(added("Vendor", "<Name>Rocky Rebar</Name>"))

    /// What arrives of the answer to a document.
    func deliver(_ document: String, _ faults: String...) throws -> SandboxDelivery {
        try test.company.deliver(Array(document.utf8), faults: try faults.map { try SandboxFault($0) })
    }

    /// The answers of the only response that arrives.
    func answers(_ delivery: SandboxDelivery) throws -> [Element] {
        guard delivery.answers.count == 1, case .response(let bytes) = delivery.answers[0] else {
            Issue.record("\(delivery)")
            return []
        }
        return try Element.parse(bytes).first("QBXMLMsgsRs")?.children ?? []
    }

    func statuses(_ delivery: SandboxDelivery) throws -> [String?] {
        try answers(delivery).map { $0.attributes["statusCode"] }
    }

    func has(_ vendor: String) throws -> Bool { try test.company.contents().contains { $0.fullName == vendor } }

    @Test func withoutFaultsTheAnswerArrives() throws {
        let delivery = try deliver(Self.vendor)
        #expect(try statuses(delivery) == ["0"])
        #expect(delivery.delay == 0)
    }

    @Test func aStatusIsAnsweredAndNothingSaved() throws {
        let fault = "match=VendorAdd,status=3175,times=1"
        #expect(try statuses(deliver(document("<HostQueryRq/>"), fault)) == ["0"])
        #expect(try statuses(deliver(Self.vendor, fault)) == ["3175"])
        #expect(try has("Rocky Rebar") == false)
        // The file has counted: the fault that is given again is over.
        #expect(try statuses(deliver(Self.vendor, fault)) == ["0"])
        #expect(try has("Rocky Rebar"))
    }

    @Test func theFileCountsForTheNextProcess() throws {
        let fault = "match=Vendor*,status=3180,skip=1,times=2"
        let statuses = try (1...5).map { number in
            let company = try SandboxCompany(path: test.path, edition: .us)
            let vendor = document(added("Vendor", "<Name>Vendor \(number)</Name>"))
            return try self.statuses(company.deliver(Array(vendor.utf8), faults: [SandboxFault(fault)]))
        }
        #expect(statuses == [["0"], ["3180"], ["3180"], ["0"], ["0"]])
    }

    @Test func aFaultThatIsGivenTwiceIsOne() throws {
        let fault = "match=VendorAdd,action=drop,times=1,skip=1"
        #expect(try deliver(Self.vendor, fault, fault).answers.count == 1)
        #expect(try deliver(Self.vendor, fault, fault).answers.isEmpty)
    }

    @Test func oneFaultAfterTheOther() throws {
        let three = document((1...3).map { added("Vendor", "<Name>Vendor \($0)</Name>") }.joined())
        let faults = ["match=VendorAdd,status=3175,times=1", "match=*,status=1000,times=1,message=Not now"]
        let answers = try answers(deliver(three, faults[0], faults[1]))
        #expect(answers.map { $0.attributes["statusCode"] } == ["3175", "1000", "0"])
        #expect(answers[1].attributes["statusMessage"] == "Not now")
        #expect(answers[1].attributes["statusSeverity"] == "Error")
    }

    @Test func aLostDocumentIsNotProcessed() throws {
        #expect(try deliver(Self.vendor, "match=VendorAdd,action=lose").answers.isEmpty)
        #expect(try has("Rocky Rebar") == false)
        #expect(try deliver(Self.vendor, "match=BillAdd,action=lose").answers.count == 1)
    }

    @Test func aDroppedAnswerIsToThatWhichWasSaved() throws {
        #expect(try deliver(Self.vendor, "action=drop").answers.isEmpty)
        #expect(try has("Rocky Rebar"))
    }

    @Test func anAnswerComesTwice() throws {
        let delivery = try deliver(Self.vendor, "action=twice")
        #expect(delivery.answers.count == 2)
        #expect(delivery.answers.first == delivery.answers.last)
        #expect(try test.company.contents().filter { $0.fullName == "Rocky Rebar" }.count == 1)
    }

    @Test func aRefusalComesOnce() throws {
        let delivery = try deliver(Self.vendor, "action=twice", "hresult=0x80040401")
        #expect(delivery.answers.count == 1)
    }

    @Test func anAnswerIsCutShort() throws {
        let other = try TestCompany()
        guard case .response(let whole) = try other.company.answer(Array(Self.vendor.utf8)),
            case .response(let part) = try deliver(Self.vendor, "action=truncate,value=0.4").answers.first
        else {
            Issue.record("refused")
            return
        }
        #expect(part == Array(whole.prefix(whole.count * 2 / 5)))
        #expect(throws: Problem.self) { try Element.parse(part) }
    }

    @Test func anAnswerComesLate() throws {
        let delivery = try deliver(Self.vendor, "action=delay,value=2.5")
        #expect(delivery.delay == 2.5)
        #expect(try statuses(delivery) == ["0"])
    }

    @Test func theAnswersStandInReverseOrder() throws {
        let both = document(added("Vendor", "<Name>A</Name>", requestID: "a") + "<HostQueryRq requestID=\"b\"/>")
        let answers = try answers(deliver(both, "match=HostQuery,action=reorder"))
        #expect(answers.map { $0.attributes["requestID"] } == ["b", "a"])
    }

    @Test func aDocumentIsRefusedWhole() throws {
        let fault = "match=VendorAdd,hresult=0x80040408,times=1,message=QuickBooks could not be started."
        let delivery = try deliver(Self.vendor, fault)
        #expect(
            delivery.answers == [.refused(hresult: "0x80040408", message: "QuickBooks could not be started.")])
        #expect(try has("Rocky Rebar") == false)
        #expect(try statuses(deliver(Self.vendor, fault)) == ["0"])
    }

    @Test func anUnreadableDocumentMeetsNoFault() throws {
        guard case .refused(let hresult, _) = try deliver("Name,Phone", "action=drop,times=1").answers.first else {
            Issue.record("answered")
            return
        }
        #expect(hresult == "0x80040400")
        #expect(try deliver(Self.vendor, "action=drop,times=1").answers.isEmpty)
    }

    @Test(arguments: [9002, 9005])
    func theAnswerOfASetIsNotStored(_ status: Int) throws {
        func send(_ id: String?, _ name: String) throws -> Element {
            let attributes = "onError=\"stopOnError\"" + (id.map { " newMessageSetID=\"\($0)\"" } ?? "")
            let set = document(added("Vendor", "<Name>\(name)</Name>"), attributes: attributes)
            let delivery = try deliver(set, "match=VendorAdd,status=\(status),times=1")
            guard case .response(let bytes) = delivery.answers.first else { return Element("None") }
            return try Element.parse(bytes).first("QBXMLMsgsRs") ?? Element("None")
        }
        // A set without an id is not remembered, so nothing can happen to the memory of it.
        #expect(try send(nil, "Riverton Lumber")["VendorAddRs/VendorRet/Name"] == "Riverton Lumber")
        let first = try send("set-1", "Rocky Rebar")
        #expect(first.attributes == ["newMessageSetID": "set-1", "messageSetStatusCode": "\(status)"])
        #expect(first.children.isEmpty)
        // It was run and saved all the same.
        #expect(try has("Rocky Rebar"))
        let contents = try test.company.contents()
        let second = try send("set-1", "Rocky Rebar")
        #expect(second.attributes["messageSetStatusCode"] == "9002")
        #expect(second.children.isEmpty)
        #expect(try send("set-1", "Another").attributes["messageSetStatusCode"] == "9001")
        #expect(try test.company.contents() == contents)
        #expect(try send("set-2", "Another").attributes["messageSetStatusCode"] == "0")
    }

    @Test func aRefusalByFaultIsRemembered() throws {
        let set = document(
            added("Vendor", "<Name>Rocky Rebar</Name>"), attributes: "onError=\"stopOnError\" newMessageSetID=\"s\"")
        let fault = "match=VendorAdd,status=3175,times=1"
        #expect(try statuses(deliver(set, fault)) == ["3175"])
        // QuickBooks repeats what it stored, so the same set is refused for ever.
        #expect(try statuses(deliver(set, fault)) == ["3175"])
        #expect(try has("Rocky Rebar") == false)
    }

    @Test func whatIsProvokedIsKeptUntilItHasHappened() throws {
        try test.company.provoke(SandboxFault("match=VendorAdd,status=3175,skip=1,times=1"))
        try test.company.provoke(SandboxFault("match=HostQuery,action=drop,times=1"))
        #expect(throws: Problem.self) { try test.company.provoke(.statusOnce(code: 500, request: "VendorAdd")) }
        #expect(throws: Problem.self) { try test.company.provoke(.statusOnce(code: 3175, request: "VendorAddition")) }
        let again = try SandboxCompany(path: test.path, edition: .us)
        let statuses = try ["A", "B", "C"].map { name in
            try self.statuses(again.deliver(Array(document(added("Vendor", "<Name>\(name)</Name>")).utf8)))
        }
        #expect(statuses == [["0"], ["3175"], ["0"]])
        #expect(try deliver(document("<HostQueryRq/>")).answers.isEmpty)
        #expect(try deliver(document("<HostQueryRq/>")).answers.count == 1)
    }
}
