import Testing

@testable import SandboxConnector

@Suite struct ConnectorUpdateTests {
    private static let opening = ["serverVersion", "clientVersion", "authenticate"]

    @Test func aWholeSessionInTheRealOrder() async throws {
        let played = try await PlayedUpdate([
            .sendRequestXML: [.text(adding("Alder")), .text(adding("Birch"))],
            .receiveResponseXML: [.number(50), .number(100)],
        ])
        #expect(played.outcome == .done)
        #expect(played.vendors == ["Alder", "Birch"])
        let pair = ["sendRequestXML", "receiveResponseXML"]
        #expect(await played.server.calls == Self.opening + pair + pair + ["closeConnection"])
        let sent = await played.server.messages(.sendRequestXML)
        let about = sent[0]["strHCPResponse"]
        for part in [
            "<HostQueryRs requestID=\"0\"", "<CompanyQueryRs requestID=\"1\"", "<PreferencesQueryRs requestID=\"2\"",
            "<CompanyName>Sandbox Construction Company</CompanyName>", "<IsUsingEstimates>true</IsUsingEstimates>",
        ] { #expect(about.contains(part), "\(part)") }
        #expect(sent[1]["strHCPResponse"].isEmpty)
        #expect(sent.map { $0["ticket"] } == ["{1}", "{1}"])
        #expect(sent[0]["qbXMLCountry"] == "US" && sent[0]["qbXMLMajorVers"] == "16")
        let answers = await played.server.messages(.receiveResponseXML)
        #expect(answers[0]["response"].contains("<Name>Alder</Name>") && answers[0]["hresult"].isEmpty)
        #expect(
            played.lines == [
                "Update as books: the server says version 9.", "Logged in; the company that is open is used.",
                "Document 1 (1 VendorAdd): answered; 50 %.", "Document 2 (1 VendorAdd): answered; 100 %.",
                "Closed: OK",
            ])
    }

    @Test func nothingToDo() async throws {
        let played = try await PlayedUpdate([.authenticate: [.strings(["{1}", "none"])]])
        #expect(played.outcome == .done)
        #expect(await played.server.calls == Self.opening + ["closeConnection"])
    }

    @Test func aWrongPasswordEndsItAndIsNotSaid() async throws {
        let played = try await PlayedUpdate([.authenticate: [.strings(["", "nvu"])]])
        #expect(played.outcome == nil)
        #expect(played.refusal == "The server does not let books in: wrong name or password.")
        #expect(await played.server.calls == Self.opening + ["closeConnection"])
        #expect(await played.server.messages(.authenticate)[0]["strPassword"] == "a-secret-word")
        #expect(!played.lines.joined().contains("a-secret-word"))
    }

    @Test func aBusyServer() async throws {
        let played = try await PlayedUpdate([.authenticate: [.strings(["", "busy"])]])
        #expect(played.outcome == .failed)
        #expect(await played.server.calls == Self.opening)
    }

    @Test func oneTextForALoginIsNoAnswer() async throws {
        await #expect(throws: (any Error).self) { try await PlayedUpdate([.authenticate: [.strings(["{1}"])]]) }
    }

    @Test(arguments: [("E:Too old", false), ("O:40.0", false), ("W:Old", true), ("strange", false)])
    func whatTheServerSaysToTheVersion(said: String, goesOn: Bool) async throws {
        let played = try await PlayedUpdate([
            .clientVersion: [.text(said)], .authenticate: [.strings(["{1}", "none"])],
        ])
        #expect(played.outcome == (goesOn ? .done : .failed))
        #expect(await played.server.calls.contains("authenticate") == goesOn)
        #expect(played.lines.contains { $0.hasSuffix(said) })
    }

    @Test func anEmptyDocumentIsAskedAbout() async throws {
        let played = try await PlayedUpdate([:])
        #expect(played.outcome == .failed)
        #expect(
            await played.server.calls == Self.opening + ["sendRequestXML", "getLastError", "closeConnection"])
        #expect(played.lines.contains("Error: There is a reason."))
    }

    @Test func noOpWaitsAndAsksAgain() async throws {
        let played = try await PlayedUpdate([
            .sendRequestXML: [.text(""), .text(adding("Alder"))], .getLastError: [.text("NoOp")],
        ])
        #expect(played.outcome == .done)
        #expect(played.waits == [.seconds(5)])
        #expect(played.vendors == ["Alder"])
    }

    @Test func aNegativeNumberEndsIt() async throws {
        let played = try await PlayedUpdate([
            .sendRequestXML: [.text(adding("Alder"))], .receiveResponseXML: [.number(-1)], .getLastError: [.text("")],
        ])
        #expect(played.outcome == .failed)
        #expect(
            await played.server.calls == Self.opening + [
                "sendRequestXML", "receiveResponseXML", "getLastError", "closeConnection",
            ])
        #expect(played.lines.contains { $0.contains("GetLastError failed") })
    }

    @Test func callsThatBreakAreMadeOnceMore() async throws {
        let played = try await PlayedUpdate([
            .sendRequestXML: [.broken, .text(adding("Alder"))], .receiveResponseXML: [.broken, .number(100)],
        ])
        #expect(played.outcome == .done)
        #expect(played.vendors == ["Alder"])
        let sent = await played.server.messages(.sendRequestXML)
        #expect(sent.count == 2 && sent[0]["strHCPResponse"] == sent[1]["strHCPResponse"])
        let answers = await played.server.messages(.receiveResponseXML)
        #expect(answers.count == 2 && answers[0].bytes() == answers[1].bytes())
        await #expect(throws: WireTrouble.self) { try await PlayedUpdate([.sendRequestXML: [.broken]]) }
    }

    @Test(arguments: [("lose", []), ("drop", ["Alder"])])
    func aLostAnswerBreaksItOff(action: String, vendors: [String]) async throws {
        let played = try await PlayedUpdate(
            [.sendRequestXML: [.text(adding("Alder"))]], faults: ["match=*,action=\(action)"])
        #expect(played.outcome == .failed)
        #expect(played.vendors == vendors)
        #expect(await played.server.calls == Self.opening + ["sendRequestXML"])
    }

    @Test func anAnswerThatComesTwiceOrCut() async throws {
        let twice = try await PlayedUpdate(
            [.sendRequestXML: [.text(adding("Alder"))]], faults: ["match=VendorAdd,action=twice"])
        #expect(twice.outcome == .done)
        #expect(twice.lines.contains("Document 1 (1 VendorAdd): brought twice; the same reply."))
        let whole = await twice.server.messages(.receiveResponseXML).map { $0["response"] }
        #expect(whole.count == 2 && whole[0] == whole[1])
        let cut = try await PlayedUpdate(
            [.sendRequestXML: [.text(adding("Alder"))]], faults: ["match=VendorAdd,action=truncate,value=0.5"])
        let part = await cut.server.messages(.receiveResponseXML)[0]["response"]
        #expect(whole[0].hasPrefix(part) && !part.isEmpty && part.count < whole[0].count)
    }

    @Test func aDocumentThatIsRefusedWhole() async throws {
        let played = try await PlayedUpdate(
            [.sendRequestXML: [.text(adding("Alder"))]],
            faults: ["match=VendorAdd,hresult=0x80040400,message=No <good>"])
        let brought = await played.server.messages(.receiveResponseXML)[0]
        #expect(brought["response"].isEmpty && brought["hresult"] == "0x80040400" && brought["message"] == "No <good>")
        #expect(played.lines.contains { $0.contains("QuickBooks refused it whole (0x80040400 No <good>)") })
        #expect(played.vendors.isEmpty)
    }

    @Test func refusedRequestsAreCounted() async throws {
        let played = try await PlayedUpdate([
            .sendRequestXML: [.text(adding("Alder")), .text(adding("Alder"))],
            .receiveResponseXML: [.number(50), .number(100)],
        ])
        #expect(played.lines.contains("Document 2 (1 VendorAdd): answered, 1 of them with a refusal; 100 %."))
    }

    @Test func aQuickBooksThatCannotBeOpened() async throws {
        let played = try await PlayedUpdate(
            [.sendRequestXML: [.text(adding("Alder"))]],
            faults: ["match=HostQuery,hresult=0x80040408,message=Could not start QuickBooks."])
        #expect(played.outcome == .failed)
        #expect(await played.server.calls == Self.opening + ["connectionError", "closeConnection"])
        let told = await played.server.messages(.connectionError)[0]
        #expect(told["hresult"] == "0x80040408" && told["message"] == "Could not start QuickBooks.")
    }

    @Test func toldToEndItClosesTheSession() async throws {
        let played = try await PlayedUpdate(
            [
                .sendRequestXML: [.text(adding("Alder")), .text(adding("Birch")), .text(adding("Cedar"))],
                .receiveResponseXML: [.number(10)],
            ], endsAfter: 2)
        #expect(played.outcome == .done)
        #expect(played.vendors == ["Alder", "Birch"])
        #expect(await played.server.calls.last == "closeConnection")
    }
}
