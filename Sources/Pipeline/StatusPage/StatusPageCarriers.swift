import DropFolder
import SyncLedger

/// What the status page says of those who carry documents, and of how the folders are watched.
extension StatusPageWords {
    /// When each carrier was last heard of. Where nothing but files is carried, when QuickBooks' last answer came.
    func carriers(_ connector: WebConnectorStatus, _ procore: ProcoreStatus, lastAnswer: String?) -> [StatusPage.Fact] {
        var facts: [StatusPage.Fact] = []
        if connector.users > 0 || connector.last != nil { facts.append(fact(connector)) }
        if procore.isConfigured || procore.asked != nil { facts.append(fact(procore)) }
        facts.append(
            StatusPage.Fact(
                about: "Answers",
                what: lastAnswer.map { "The last answer was dropped on \(time($0))." } ?? "No answer has come lately."))
        return facts
    }

    private func fact(_ connector: WebConnectorStatus) -> StatusPage.Fact {
        let waiting = "\(StatusPageWords.count(connector.waiting, "document")) in outbox/quickbooks"
        var what = "It has not called yet; \(waiting)."
        if let last = connector.last {
            what =
                "\(last.user) called last on \(time(last.lastCall))\(connector.isInSession ? ", and is at work" : ""); "
                + "\(StatusPageWords.count(last.answered, "document")) answered then, \(waiting)."
            if let error = last.error { what += " It said: \(error)" }
        }
        if let outstanding = connector.outstanding {
            what += " \(outstanding.document) was handed out on \(time(outstanding.asked)) and is not answered."
        }
        return StatusPage.Fact(
            about: "QuickBooks Web Connector", what: connector.absence.map { "\(what) \($0.what)" } ?? what,
            remedy: connector.absence?.remedy)
    }

    private func fact(_ procore: ProcoreStatus) -> StatusPage.Fact {
        var parts: [String] = []
        if let asked = procore.asked { parts.append("asked last on \(time(asked))") }
        if let fetched = procore.fetched { parts.append("fetched last on \(time(fetched))") }
        if let posted = procore.posted { parts.append("posted last on \(time(posted.at))") }
        var what = parts.isEmpty ? "Procore was never asked" : parts.joined(separator: "; ").capitalizedFirst
        what += "; \(StatusPageWords.count(procore.waiting, "document")) in outbox/procore."
        for note in procore.waits.prefix(5) { what += " \(note.object) waits since \(time(note.at)): \(note.what)" }
        for note in procore.unfetched.prefix(5) { what += " \(note.object) could not be fetched: \(note.what)" }
        if let trouble = procore.trouble {
            return StatusPage.Fact(
                about: "Procore", what: what, remedy: "Trouble since \(time(trouble.at)): \(trouble.what)")
        }
        return StatusPage.Fact(about: "Procore", what: what, remedy: remedy(procore))
    }

    private func remedy(_ procore: ProcoreStatus) -> String? {
        let remedy = "the administrator sees that plumbline procore runs."
        guard procore.isConfigured else { return nil }
        if procore.asked == nil { return "It has not been asked yet: " + remedy }
        return procore.isLate ? "It was not asked for longer than twice its interval: " + remedy : nil
    }

    /// How each folder that files are dropped into is watched.
    /// - Parameters:
    ///   - folders: of the root.
    ///   - life: whether anybody watches.
    ///   - polling: why the kernel tells nothing; nil: it does.
    static func folders(_ folders: RootFolders, _ life: StatusPage.Life, polling: String?) -> [StatusPage.Fact] {
        ["inbox", "inbox/procore", "inbox/quickbooks"].map { name in
            let kind = FileSystem.kind(of: "\(folders.root)/\(name)")
            let how =
                switch (life, polling, kind.isPolled) {
                case (.running, let why?, _): "looked through every few seconds: \(why)"
                case (.running, nil, true): "looked through every few seconds, since other machines change it"
                case (.running, nil, false): "watched; what is dropped is taken within seconds"
                case (.stopped, _, _): "watched by nobody, since Plumbline was stopped"
                case (.once, _, _): "read by plumbline once, whenever that is run"
                }
            return StatusPage.Fact(about: name, what: "On \(kind.name), \(how).")
        }
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
