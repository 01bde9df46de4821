import Domain
import DropFolder
import NIOCore
import Procore

/// Reads a list of Procore's page by page into hidden files.
struct ListReader {
    /// A list could not be fetched, and others can.
    struct Failed: Error { let why: String }

    typealias Take = (String, FetchedFiles.Content, Int, inout FetchedFiles) throws -> Void

    let client: ProcoreClient
    let drop: CarrierDrop

    /// Reads a list.
    ///
    /// Pages are counted from the front, so that a record slips past whoever reads them when another one goes from a page
    /// that was read. Where as many came as went, `Total` does not show it. A list that is not read whole the next time is
    /// therefore read twice if it has several pages: it counts only if nothing stands there that the first time did not show.
    /// - Parameter isCertain: whether it has to be certain that none slipped past.
    /// - Parameter take: what is done with a page that has records: its hidden file, what stands in it, its number.
    /// - Returns: when the first was read, by Procore's clock; nil: it did not say.
    func read(
        _ path: String, _ query: [(String, String)], isPaged: Bool, isCertain: Bool = false,
        _ files: inout FetchedFiles, take: Take
    ) async throws -> Int64? {
        var known: Set<String> = []
        var count = 0
        let time = try await walk(path, query, isPaged, &files) { hidden, content, number, files in
            known.formUnion(content.ids)
            count = number
            try take(hidden, content, number, &files)
        }
        guard isCertain, count > 1 else { return time }
        var isWhole = true
        _ = try await walk(path, query, isPaged, &files) { hidden, content, _, _ in
            if !known.isSuperset(of: content.ids) { isWhole = false }
            try drop.discard(hidden)
        }
        guard isWhole else { throw Pages.Changed() }
        return time
    }

    private func walk(
        _ path: String, _ query: [(String, String)], _ isPaged: Bool, _ files: inout FetchedFiles, take: Take
    ) async throws -> Int64? {
        var pages = Pages(size: client.settings.pageSize)
        var number = 0
        var time: Int64?
        while let page = pages.next {
            number += 1
            let hidden = files.begin()
            let reply = try await load(CallTarget.with(path, query + (isPaged ? page : [])), hidden)
            try require(reply)
            if number == 1 { time = RateLimit.serverTime(reply.headers) }
            let content = try files.read(hidden)
            try pages.took(count: content.count, content.digest, reply.headers)
            if content.count == 0 || pages.isRepetition {
                try drop.discard(hidden)
                break
            }
            try take(hidden, content, number, &files)
            if !isPaged { break }
        }
        return time
    }

    /// Streams an answer into a hidden file.
    func load(_ target: String, _ hidden: String) async throws -> ProcoreClient.Reply {
        var writer: FileWriter?
        let longest = client.settings.longestExport
        let reply = try await client.sendRepeatedly(
            .init(target: target),
            into: {
                let current = try self.drop.writer(hidden)
                var size = 0
                writer = current
                return { part in
                    size += part.readableBytes
                    guard size <= longest else {
                        throw Problem(
                            what: "It is longer than \(longest) bytes.", remedy: "Look at what Procore answers there.")
                    }
                    try current.append(Array(part.readableBytesView))
                }
            })
        try writer?.finish()
        return reply
    }

    /// - Throws: a `Failed` where the answer is no good one.
    func require(_ reply: ProcoreClient.Reply) throws {
        if reply.isGood { return }
        if reply.status == 401 { throw CallFailure.loginRefused("Procore refused a new token (401)") }
        throw Failed(why: "Procore answered with status \(reply.status): \(ProcoreAnswer.reason(reply.status))")
    }
}
