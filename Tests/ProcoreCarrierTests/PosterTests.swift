import Foundation
import SyncLedger
import Testing

@testable import ProcoreCarrier

/// Documents reach Procore once, whatever happens on the way, and its answers reach the inbox.
@Suite struct PosterTests {
    @Test func documentsArePostedInNumberOrderAndTheirAnswersDropped() async throws {
        let world = try CarrierWorld()
        try world.vendor(12, origin: "80000002-1")
        try world.payment(9)
        try world.vendor(3)
        let outcome = try await world.post()
        #expect(outcome.answered == 3 && outcome.left == 0)
        let contents = try await world.fake.contents()
        let posts = contents.calls.filter { !$0.hasPrefix("GET") }
        #expect(
            posts == [
                "PATCH /rest/v1.0/vendors/sync", "POST /rest/v1.0/contract_payments", "PATCH /rest/v1.0/vendors/sync",
            ])
        #expect(
            world.answers == [
                "00000003-vendors.response.json", "00000009-contract_payments.response.json",
                "00000012-vendors.response.json",
            ])
        #expect(world.text("inbox/procore/00000009-contract_payments.response.json").contains("8000-1|9000-1"))
        #expect(world.outbox == [])
        #expect(world.names("outbox/procore/.collected").count == 3)
        #expect(try world.ledger.read { try $0.postings() }.isEmpty)
        #expect(contents.vendors.count == 2)
    }

    /// The payment was made, and its answer got lost in each of these ways.
    @Test(arguments: ["close after", "status after", "page", "never", "stall", "redirect", "other"])
    func aPaymentWhoseAnswerIsLostIsAskedAfterAndNotMadeAgain(_ fault: String) async throws {
        let world = try CarrierWorld()
        if ["never", "stall"].contains(fault) { world.timeout = .milliseconds(400) }
        let fake = ["redirect": "status after", "other": "body after"][fault] ?? fault
        try await world.fake.faults([
            ["match": "POST /rest", "do": fake, "status": fault == "redirect" ? 303 : 502, "body": ["ok": true]]
        ])
        try world.payment(5)
        #expect(try await world.post().left == 1)
        #expect(world.answers == [])
        #expect(try world.ledger.read { try $0.posting(5)?.posts } == 1)
        world.timeout = .seconds(30)
        // Not before the call must have ended on Procore's side as well.
        world.clock.advance(20)
        try await world.fake.forgetCalls()
        #expect(try await world.post().left == 1)
        #expect(try await world.fake.contents().calls == [])
        world.clock.advance(60)
        #expect(try await world.post().answered == 1)
        let contents = try await world.fake.contents()
        #expect(contents.payments.count == 1)
        #expect(contents.calls("POST /rest").isEmpty)
        #expect(world.answers == ["00000005-contract_payments.response.json"])
        let id = try #require(contents.payments.first).id
        #expect(world.text("inbox/procore/00000005-contract_payments.response.json").contains("\(id)"))
    }

    @Test func aPaymentThatDidNotArriveIsPostedOnceItIsKnownToBeAbsent() async throws {
        let world = try CarrierWorld()
        try await world.fake.faults([["match": "POST /rest", "do": "close"]])
        try world.payment(5)
        #expect(try await world.post().left == 1)
        world.clock.advance(120)
        #expect(try await world.post().answered == 1)
        let contents = try await world.fake.contents()
        #expect(contents.payments.count == 1)
        #expect(contents.calls("POST /rest").count == 2)
    }

    /// What the ledger remembers is never needed to tell what Procore has.
    @Test func aRestoredLedgerMakesNoSecondPayment() async throws {
        let world = try CarrierWorld()
        try await world.fake.faults([["match": "POST /rest", "do": "close after"]])
        try world.payment(5)
        try await world.post()
        try world.ledger.write { try $0.forgetPosting(5) }
        #expect(try await world.post().answered == 1)
        #expect(try await world.fake.contents().payments.count == 1)
    }

    @Test func aPaymentIsLookedForOnEveryPageOfItsContract() async throws {
        let world = try CarrierWorld()
        for number in 1...5 { try world.payment(number, origin: "\(number)-1|1-1") }
        try await world.post()
        try world.payment(6, origin: "5-1|1-1")
        #expect(try await world.post().answered == 1)
        #expect(try await world.fake.contents().payments.count == 5)
    }

    /// Where it cannot be asked after it is not posted, and what stands behind it goes on.
    @Test(arguments: ["status", "page"])
    func aPaymentThatCannotBeAskedAfterWaits(_ fault: String) async throws {
        let world = try CarrierWorld()
        try await world.fake.faults([["match": "GET /rest", "do": fault, "status": 500, "times": 5]])
        try world.payment(5)
        try world.vendor(6)
        #expect(try await world.post().answered == 1)
        #expect(try await world.fake.contents().payments.isEmpty)
        try await world.fake.faults([])
        #expect(try await world.post().answered == 1)
        #expect(try await world.fake.contents().payments.count == 1)
    }

    @Test(arguments: Poster.Step.allCases, [true, false])
    func whoeverEndsBehindAnyStepGoesOnThere(_ step: Poster.Step, isPayment: Bool) async throws {
        let world = try CarrierWorld()
        if isPayment { try world.payment(5) } else { try world.vendor(5) }
        await #expect(throws: CarrierWorld.Ended.self) { try await world.post(endingAfter: step) }
        world.clock.advance(120)
        try await world.post()
        let contents = try await world.fake.contents()
        #expect(contents.payments.count == (isPayment ? 1 : 0))
        #expect(contents.vendors.count == (isPayment ? 0 : 1))
        #expect(contents.calls("POST /rest").count == (isPayment ? 1 : 0))
        #expect(world.answers.count == 1)
        #expect(world.outbox == [])
        #expect(try world.ledger.read { try $0.postings() }.isEmpty)
    }

    @Test(arguments: ["close after", "close", "status after"])
    func anUpdateOfAKnownRecordIsSentAgainAtOnce(_ fault: String) async throws {
        let world = try CarrierWorld()
        try await world.fake.faults([["match": "PATCH", "do": fault, "status": 503, "times": 2]])
        try world.document(
            5, "vendors", "PATCH", "/rest/v1.0/vendors/sync",
            #"{"company_id": 8089, "updates": [{"id": 401101, "origin_id": "80000001-1"}]}"#)
        #expect(try await world.post().answered == 1)
        let contents = try await world.fake.contents()
        #expect(contents.vendors.count == 1)
        #expect(contents.calls("PATCH").count == 3)
    }

    /// Two sync calls at once about a record that Procore does not have yet could make it twice, so that the second has to
    /// wait until the first must have ended: a direct cost would be in the books two times.
    @Test(arguments: ["close after", "close", "status after"])
    func anUpdateThatMakesARecordIsSentAgainOnceTheFirstMustHaveEnded(_ fault: String) async throws {
        let world = try CarrierWorld()
        try await world.fake.faults([["match": "PATCH", "do": fault, "status": 504]])
        try world.document(
            5, "direct_costs", "PATCH", "/rest/v1.0/projects/225906/direct_costs/sync",
            #"{"updates": [{"origin_id": "5-1|6-1", "direct_cost_type": "expense"}]}"#)
        #expect(try await world.post().left == 1)
        world.clock.advance(20)
        #expect(try await world.post().left == 1)
        #expect(try await world.fake.contents().calls("PATCH").count == 1)
        world.clock.advance(20)
        #expect(try await world.post().answered == 1)
        let contents = try await world.fake.contents()
        #expect(contents.calls("PATCH").count == 2)
        #expect(contents.vendors.count == 1)
    }

    /// A long pause for the limits stands between the decision to send and the sending: what counts is the sending.
    @Test func thePauseAheadOfACallIsNoPartOfIt() async throws {
        let world = try CarrierWorld()
        try await world.fake.faults([
            ["match": "POST /rest", "do": "status", "status": 429, "headers": ["Retry-After": "3000"]]
        ])
        try world.payment(5)
        let start = world.clock.now
        // The second time it is sent, and the process ends with the answer in hand.
        await #expect(throws: CarrierWorld.Ended.self) { try await world.post(endingAfter: .sent) }
        #expect(world.clock.now - start >= 3_000)
        #expect(try await world.post().left == 1, "not asked after in the second that it was sent")
        world.clock.advance(60)
        #expect(try await world.post().answered == 1)
        #expect(try await world.fake.contents().payments.count == 1)
    }

    /// A restored ledger gives numbers again: what is remembered of one document is not believed of another.
    @Test func anotherDocumentOfTheSameNumberIsPostedAllTheSame() async throws {
        let world = try CarrierWorld()
        try world.payment(5)
        await #expect(throws: CarrierWorld.Ended.self) { try await world.post(endingAfter: .noted) }
        #expect(try world.ledger.read { try $0.posting(5)?.isAnswered } == true)
        try world.payment(5, origin: "8000-2|9000-2")
        #expect(try await world.post().answered == 1)
        #expect(Set(try await world.fake.contents().payments.map(\.origin_id)) == ["8000-1|9000-1", "8000-2|9000-2"])
        #expect(world.answers.count == 2)
    }

    @Test func aClockThatWentBackDoesNotKeepAPaymentForever() async throws {
        let world = try CarrierWorld()
        try await world.fake.faults([["match": "POST /rest", "do": "close after"]])
        try world.payment(5)
        try await world.post()
        world.clock.advance(-31_536_000)
        #expect(try await world.post().left == 1)
        world.clock.advance(60)
        #expect(try await world.post().answered == 1)
        #expect(try await world.fake.contents().payments.count == 1)
    }

    /// Where Procore does not show by what a payment could be told, it is posted once, and never again by itself.
    @Test func whereTheOriginIsHiddenAnUnclearPaymentIsLeftToAPerson() async throws {
        let world = try CarrierWorld()
        try await world.fake.set(["hidden": true])
        try world.payment(4, origin: "4-1|4-1")
        try world.payment(5)
        #expect(try await world.post().answered == 2)
        try await world.fake.faults([["match": "POST /rest", "do": "close after"]])
        try world.payment(6, origin: "6-1|6-1")
        try await world.post()
        world.clock.advance(1_000)
        #expect(try await world.post().left == 1)
        #expect(try await world.fake.contents().payments.count == 3)
        let note = try world.ledger.read { try $0.carrierNotes(.waits).first }
        #expect(note?.what.contains("Look it up in Procore") == true)
    }

    /// Its records could be told from others by nothing: it is sent once, and then left to a person.
    @Test func whatCannotBeAskedAfterIsNeverRepeated() async throws {
        let world = try CarrierWorld()
        try await world.fake.faults([["match": "PATCH", "do": "close after"]])
        try world.document(
            5, "vendors", "PATCH", "/rest/v1.0/vendors/sync", #"{"company_id": 8089, "updates": [{"name": "Alder"}]}"#)
        try await world.post()
        world.clock.advance(1_000)
        #expect(try await world.post().left == 1)
        #expect(try await world.fake.contents().calls("PATCH").count == 1)
        #expect(world.text("logs/plumbline.jsonl").contains("cannot be told"))
    }

    // MARK: - Refusals

    @Test func aRefusalIsAnAnswerThatNamesItsStatus() async throws {
        let world = try CarrierWorld()
        try await world.fake.faults([
            ["match": "POST /rest", "do": "status", "status": 422, "body": ["errors": ["vendor": ["not found"]]]]
        ])
        try world.payment(5)
        #expect(try await world.post().answered == 1)
        let answer = world.text("inbox/procore/00000005-contract_payments.response.json")
        #expect(answer.hasPrefix(#"{"status": 422, "errors""#))
    }

    @Test func whatTheAccountMayNotDoWaitsWhileOthersGoOn() async throws {
        let world = try CarrierWorld()
        try await world.fake.faults([["match": "PATCH", "do": "status", "status": 403, "times": 9]])
        try world.vendor(3)
        try world.vendor(4, origin: "80000002-1")
        try world.payment(5)
        let outcome = try await world.post()
        #expect(outcome.answered == 1 && outcome.left == 2)
        // The second is about the same list, and does not overtake the first.
        #expect(try await world.fake.contents().calls("PATCH").count == 1)
        #expect(world.text("logs/plumbline.jsonl").contains("permission"))
        try await world.fake.faults([])
        #expect(try await world.post().answered == 2)
    }

    @Test func aFileThatIsNoDocumentIsLeftAlone() async throws {
        let world = try CarrierWorld()
        try world.write("{}", "outbox/procore/00000001-x.json")
        try world.document(2, "x", "POST", "https://elsewhere.invalid/rest", "{}")
        #expect(try await world.post().left == 2)
        #expect(try await world.fake.contents().calls.isEmpty)
    }

    /// A proxy's refusals are not Procore's: no record fails by them.
    @Test(arguments: [407, 421, 431, 403, 404])
    func whatIsAboutWhoAsksFailsNoRecord(_ status: Int) async throws {
        let world = try CarrierWorld()
        try await world.fake.faults([["match": "POST /rest", "do": "status", "status": status]])
        try world.payment(5)
        #expect(try await world.post().left == 1)
        #expect(world.answers == [])
        #expect(try world.ledger.read { try $0.postings() }.isEmpty)
    }

    // MARK: - Login and limits

    @Test func aTokenIsRenewedWhenItIsRefusedAndBeforeItEnds() async throws {
        let world = try CarrierWorld()
        try await world.withClient(world.settings()) { client, _ in
            _ = try await client.send(.init(target: "/rest/v1.0/none"))
            try await world.fake.set(["valid": "another"])
            #expect(try await client.send(.init(target: "/rest/v1.0/none")).status == 404)
            #expect(try await world.fake.contents().tokens == 2)
            world.clock.advance(5_400 - 100)
            _ = try await client.send(.init(target: "/rest/v1.0/none"))
        }
        let contents = try await world.fake.contents()
        #expect(contents.tokens == 3)
        #expect(contents.calls.count == 4)
    }

    @Test func aRefusedLoginPostsNothingAndShowsNoSecret() async throws {
        let world = try CarrierWorld()
        try world.write("client_id=app\nclient_secret=hunter2\n", "wrong", mode: 0o600)
        let error = await #expect(throws: CallFailure.self) {
            try await world.withClient(world.settings(), secret: "wrong") { client, _ in
                _ = try await client.send(.init(target: "/rest/v1.0/none"))
            }
        }
        let words = "\(String(describing: error)) \(error?.why ?? "")"
        #expect(words.contains("invalid_client"))
        #expect(!words.contains("hunter2"))
        #expect(!"\(try ProcoreSecret(file: world.root + "/wrong", credentialsFolder: nil))".contains("hunter2"))
    }

    @Test(arguments: ["Retry-After", "X-Rate-Limit-Reset"])
    func whoIsAskedTooOftenIsLeftAloneForAsLongAsItSays(_ header: String) async throws {
        let world = try CarrierWorld()
        let start = world.clock.now
        // The fake's own clock is in Date, and is not this one.
        let value = header == "Retry-After" ? "700" : String(Int64(Date().timeIntervalSince1970) + 700)
        try await world.fake.faults([
            ["match": "POST /rest", "do": "status", "status": 429, "headers": [header: value], "times": 2]
        ])
        try world.payment(5)
        #expect(try await world.post().answered == 1)
        #expect(world.clock.now - start >= 1_300)
        #expect(try await world.fake.contents().payments.count == 1)
    }

    /// RFC 9110, section 10.2.3: a date as well as seconds.
    @Test(arguments: [429, 503])
    func retryAfterMayBeADate(_ status: Int) async throws {
        let world = try CarrierWorld()
        let start = world.clock.now
        try await world.fake.set(["date": "Sun, 06 Nov 1994 08:00:00 GMT"])
        try await world.fake.faults([
            [
                "match": "GET", "do": "status", "status": status,
                "headers": ["Retry-After": "Sun, 06 Nov 1994 08:20:00 GMT"],
            ]
        ])
        try world.payment(5)
        #expect(try await world.post().answered == 1)
        #expect((1_200...1_300).contains(world.clock.now - start))
    }

    /// What the server of tokens says might repeat the secret.
    @Test func whatTheLoginSaysIsNotRepeated() async throws {
        let world = try CarrierWorld()
        try await world.fake.set(["refusal": "pass word&1 is not the secret"])
        try world.payment(5)
        let error = await #expect(throws: CallFailure.self) { try await world.post() }
        #expect(error?.why.contains("refused client_id") == true)
        #expect(error?.why.contains("pass word") == false)
        #expect(!world.text("logs/plumbline.jsonl").contains("pass word"))
    }

    /// Neither TLS nor a certificate that anyone made: nothing was sent.
    @Test(arguments: [false, true])
    func whereTheConnectionCannotBeTrustedNothingIsSent(_ isTLS: Bool) async throws {
        let world = try CarrierWorld()
        let address: String
        if isTLS {
            let known = try await world.fake.secure(in: world.root)
            guard let known else { return }
            address = known
        } else {
            address = world.fake.address.replacing("http://", with: "https://")
        }
        try world.payment(5)
        let error = await #expect(throws: CallFailure.self) { try await world.post(at: address) }
        guard case .notSent(let why) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let words = isTLS ? "its certificate is not trusted by this machine" : "it does not speak TLS"
        #expect(why.contains(words), "\(why)")
        #expect(try world.ledger.read { try $0.postings() }.isEmpty)
        #expect(try await world.fake.contents().tokens == 0)
    }

    @Test func whereNobodyListensItIsSaidInWords() async throws {
        let world = try CarrierWorld()
        try world.payment(5)
        let error = await #expect(throws: CallFailure.self) { try await world.post(at: "http://localhost:1") }
        #expect(error?.why.hasSuffix("no connection to localhost, port 1: Connection refused") == true)
    }

    @Test func theLastCallOfAWindowIsFollowedByAPause() async throws {
        let world = try CarrierWorld()
        let start = world.clock.now
        let reset = String(Int64(Date().timeIntervalSince1970) + 500)
        try await world.fake.faults([
            [
                "match": "PATCH", "do": "headers",
                "headers": ["X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": reset],
            ]
        ])
        try world.vendor(1)
        try world.vendor(2, origin: "80000002-1")
        #expect(try await world.post().answered == 2)
        #expect(world.clock.now - start >= 480)
    }

    @Test func whereNobodyListensNothingWasSent() async throws {
        let world = try CarrierWorld()
        try world.payment(5)
        let error = await #expect(throws: CallFailure.self) {
            try await world.post(at: "http://127.0.0.1:9")
        }
        guard case .notSent = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try world.ledger.read { try $0.postings() }.isEmpty)
    }

    @Test func aWaitGrowsWithEachAttemptAndIsNeverTheWholeOrNothing() {
        let clock = TestClock().carrier
        let waits = (1...12).map { clock.backOff(after: $0) }
        #expect(waits == waits.sorted())
        #expect(waits.first == 2 && waits.last == 225)
        let other = CarrierClock(now: { 0 }, sleep: { _ in }, random: { 0 })
        #expect(other.backOff(after: 3) == 8 && clock.backOff(after: 3) == 6)
    }
}
