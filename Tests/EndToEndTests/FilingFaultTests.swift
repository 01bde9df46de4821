import Foundation
import Testing

/// A file that was read and cannot be filed away is told, and the next process that files it takes back what was told. Run as
/// a user without privileges, since root may write anywhere.
@Suite struct FilingFaultTests {
    @Test(.enabled(if: Unprivileged.isPossible, "needs setpriv where the tests run as root"))
    func whatWasToldIsTakenBackByALaterProcess() throws {
        let root = try Unprivileged.root()
        defer { root.remove() }
        _ = try Unprivileged.run("once", root)
        try Unprivileged.allow(0o555, "inbox/processed", of: root)
        let path = "procore/vendors.json"
        try Unprivileged.drop(Exports.vendors(0..<2), as: path, in: root)

        let first = try Unprivileged.run("once", root)
        #expect(first.status == 1 && first.output.contains("cannot be filed away"), "\(first.output)")
        let problem = root.text("inbox/rejected/\(path).problem.txt")
        #expect(problem.contains("cannot be filed away") && problem.contains("nothing of it is sent twice"))
        #expect(root.tree("inbox/.claimed") == ["1-procore%2Fvendors.json"])
        let sent = root.tree("outbox/quickbooks")
        #expect(root.receipts.count == 1 && !sent.isEmpty, "it was read and sent")

        try Unprivileged.allow(0o755, "inbox/processed", of: root)
        let second = try Unprivileged.run("once", root)
        #expect(second.status == 0, "\(second.output)")
        #expect(root.tree("inbox/.claimed").isEmpty)
        #expect(root.text("inbox/rejected/\(path).problem.txt") == "", "the problem file is gone with the problem")
        #expect(root.receipts.count == 1 && root.tree("outbox/quickbooks") == sent, "nothing was sent twice")
        #expect(try !Unprivileged.run("status", root).output.contains("Waits since"))
    }
}
