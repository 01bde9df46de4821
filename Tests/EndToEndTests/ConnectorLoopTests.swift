import Foundation
import Testing

/// Two commands close the loop over SOAP and TLS: `plumbline webconnector serve`, and `plumbline sandbox --webconnector`.
@Suite struct ConnectorLoopTests {
    private func waiting(_ root: TestRoot) -> Bool {
        root.names("outbox/quickbooks").contains { $0.hasSuffix(".xml") }
    }

    private func drop(into root: TestRoot) throws {
        try root.drop(Exports.vendors(1...3), as: "procore/vendors.json")
        try root.drop(Exports.projects(1...2), as: "procore/projects.json")
        try root.drop(Exports.costCodes(1...2), as: "procore/codes.json")
        try root.run("once")
    }

    /// What the books hold when the sandbox answers files.
    private func booksOfFiles() throws -> String {
        let root = try TestRoot()
        defer { root.remove() }
        try drop(into: root)
        for _ in 0..<8 where waiting(root) {
            try root.run("sandbox", "--once")
            try root.run("once")
        }
        return try root.run("sandbox", "--list").output
    }

    /// The names in a list of the sandbox, which leaves out what the order decides.
    private func names(_ list: String) -> [String] {
        list.split(separator: "\n").map { String($0.split(separator: "\t").last ?? "") }
    }

    private func withServer(host: String? = "localhost", _ body: (ConnectorServer) async throws -> Void) async throws {
        let root = try TestRoot()
        defer { root.remove() }
        try drop(into: root)
        let server = try ConnectorServer(root, host: host)
        defer { server.end() }
        try await body(server)
    }

    /// Updates and rounds in turn, until nothing waits.
    private func finish(_ server: ConnectorServer) throws {
        for _ in 0..<8 where waiting(server.root) {
            let played = try server.update()
            #expect(played.status == 0, "\(played.output)")
            #expect(try server.root.run("once").status == 0)
        }
        #expect(!waiting(server.root))
    }

    // MARK: - The loop

    @Test func theBooksAreThoseOfFilesCarriedByHand() async throws {
        let files = try booksOfFiles()
        try await withServer { server in
            let first = try server.update()
            #expect(first.status == 0, "\(first.output)")
            for words in [
                "answer; the certificate is trusted.", "Update as books: the server says version",
                "3 VendorAdd", "; 100 %.", "documents were answered; nothing waits.",
            ] { #expect(first.output.contains(words), "\(words)\n\(first.output)") }
            #expect(try server.root.run("once").status == 0)
            try finish(server)
            let books = try server.root.run("sandbox", "--list").output
            #expect(books == files && books.contains("Vendor\t"), "\(books)")
            #expect(try server.root.run("status").output.contains("vendors: 3 linked"))
            #expect(server.end() == 0)
            for said in [first.output, server.log, server.root.text("logs/plumbline.jsonl")] {
                #expect(!said.contains(server.password))
            }
            #expect(server.log.contains("authenticate: user books: a session begins"))
        }
    }

    @Test func updatesFollowOneAnotherUntilASignal() async throws {
        try await withServer { server in
            let player = Process()
            player.executableURL = URL(fileURLWithPath: Tool.plumbline)
            player.arguments = server.arguments(["--every", "1"])
            let path = server.root.path + "/player.log"
            _ = FileManager.default.createFile(atPath: path, contents: nil)
            player.standardOutput = FileHandle(forWritingAtPath: path)
            try player.run()
            defer { if player.isRunning { player.terminate() } }
            let root = server.root
            #expect(try await root.wait { !root.names("inbox/quickbooks").isEmpty })
            // What the answers release is found by a later update.
            #expect(try await root.wait { !waiting(root) })
            try root.run("once")
            try root.drop(Exports.vendors(4...4), as: "procore/more.json")
            try root.run("once")
            #expect(try await root.wait { !waiting(root) })
            player.terminate()
            player.waitUntilExit()
            #expect(player.terminationStatus == 0)
            #expect(try root.run("sandbox", "--list").output.contains("Fixture Söhne & Sons 4"))
        }
    }

    @Test(arguments: ["lose", "drop"])
    func anAnswerThatIsLostIsFoundAgainAndNothingIsDoubled(action: String) async throws {
        let files = try booksOfFiles()
        try await withServer { server in
            let broken = try server.update("--fault", "match=VendorAdd,action=\(action),times=1")
            #expect(broken.status == 1)
            #expect(broken.output.contains("the answer is lost; the update breaks off here"))
            #expect(waiting(server.root))
            // The next login gives the answer up: QuickBooks is asked by name, by the owner of the root.
            #expect(try server.update().status == 0)
            #expect(try server.root.run("once").status == 0)
            try finish(server)
            let books = try server.root.run("sandbox", "--list").output
            #expect(names(books).sorted() == names(files).sorted())
        }
    }

    @Test func anAnswerThatComesCutIsNotTakenAndComesAgain() async throws {
        try await withServer { server in
            let cut = try server.update("--fault", "match=VendorAdd,action=truncate,value=0.5,times=1")
            #expect(cut.status == 1)
            #expect(cut.output.contains("the server did not take it") && cut.output.contains("did not arrive whole"))
            #expect(try server.update().status == 0)
            #expect(try server.root.run("once").status == 0)
            try finish(server)
        }
    }

    @Test func aQuickBooksThatCannotBeOpenedIsTold() async throws {
        try await withServer(host: nil) { server in
            let played = try server.update(
                "--fault", "match=HostQuery,hresult=0x80040408,message=Could not start QuickBooks.")
            #expect(played.status == 1)
            #expect(played.output.contains("QuickBooks cannot be reached: 0x80040408 Could not start QuickBooks."))
            #expect(server.log.contains("connectionError: 0x80040408"))
        }
    }

    // MARK: - Refusals

    @Test func aWrongPasswordIsRefusedInWordsAndTakesNothing() async throws {
        try await withServer { server in
            let before = server.root.names("outbox/quickbooks")
            try ConnectorServer.keep("wrong-password", in: server.root.path + "/password")
            for more in [["--once"], ["--every", "1"]] {
                let played = try Tool.run(Tool.plumbline, server.arguments(more))
                #expect(played.status == 2)
                #expect(played.output.contains("does not let books in: wrong name or password"))
                #expect(!played.output.contains("wrong-password"))
            }
            #expect(!server.log.contains("wrong-password"))
            #expect(server.root.names("outbox/quickbooks") == before)
        }
    }

    @Test func certificatesThatAreNotTrusted() async throws {
        try await withServer { server in
            let password = ["--user", "books", "--password-file", server.root.path + "/password", "--once"]
            let call = { (url: String, more: [String]) in
                try Tool.run(
                    Tool.plumbline, ["sandbox", "--root", server.root.path, "--webconnector", url] + password + more)
            }
            let other = server.root.path + "/other"
            _ = try Tool.run(Tool.plumbline, ["webconnector", "certificate", "--host", "localhost", "--in", other])
            let authority = server.authority ?? ""
            let port = try ConnectorServer.freePort()
            let cases: [(url: String, more: [String], words: String)] = [
                (server.address, [], "is not trusted here"),
                (server.address, ["--authority", other + "/plumbline-authority.crt"], "is not trusted here"),
                ("https://127.0.0.1:\(server.port)/webconnector", ["--authority", authority], "is for another name"),
                ("https://localhost:\(server.port)/elsewhere", ["--authority", authority], "with status 404"),
                ("https://localhost:\(port)/webconnector", ["--authority", authority], "cannot be reached"),
                (
                    "https://localhost:\(port)/webconnector", ["--authority", authority, "--wait", "1"],
                    "cannot be reached"
                ),
                (server.address, ["--authority", server.root.path + "/password"], "holds no certificate"),
                ("http://plumbline.example/webconnector", [], "in the clear"),
                ("localhost", [], "is no address"),
            ]
            for (url, more, words) in cases {
                let played = try call(url, more)
                #expect(played.status == 2, "\(url) \(more)")
                #expect(played.output.contains(words), "\(url) \(more): \(played.output)")
            }
            #expect(!server.log.contains("authenticate:"))
        }
        try await withServer(host: nil) { server in
            let played = try Tool.run(
                Tool.plumbline,
                server.arguments(["--once"]).map { $0.hasPrefix("http://") ? "https" + $0.dropFirst(4) : $0 })
            #expect(played.status == 2)
            #expect(played.output.contains("does not speak TLS"), "\(played.output)")
            #expect(try server.update().status == 0)
        }
    }

    @Test func thePasswordComesFromAFileOrStandardInput() async throws {
        try await withServer(host: nil) { server in
            let file = server.root.path + "/password"
            try ConnectorServer.keep(server.password, in: file, mode: 0o644)
            let open = try server.update()
            #expect(open.status == 2 && open.output.contains("chmod 600"))
            #expect(!open.output.contains(server.password))
            let line =
                "printf '%s\\n' '\(server.password)' | '\(Tool.plumbline)' sandbox --root '\(server.root.path)' "
                + "--webconnector \(server.address) --user books --once"
            let piped = try Tool.run("/bin/sh", ["-c", line])
            #expect(piped.status == 0, "\(piped.output)")
            let none = try Tool.run(
                "/bin/sh", ["-c", line.replacing("printf '%s\\n' '\(server.password)'", with: "true")])
            #expect(none.status == 2 && none.output.contains("No password came."))
        }
    }

    @Test(arguments: [
        ["--user", "books"], ["--webconnector", "https://localhost/webconnector"],
        ["--webconnector", "https://localhost/webconnector", "--user", "books", "--every", "0"],
    ])
    func optionsThatDoNotGoTogether(options: [String]) throws {
        #expect(try Tool.run(Tool.plumbline, ["sandbox", "--root", "/nowhere"] + options).status == 2)
    }
}
