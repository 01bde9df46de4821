import SyncLedger

/// What pauses and resumes sending.
extension CommandRunner {
    mutating func pause(_ origin: Pause.Origin, by who: String) throws {
        let pause = Pause(context.books)
        guard try !pause.isOn(origin) else {
            return outcome.done.append("\(context.pause ?? "Sending is paused.") It stays so.")
        }
        try pause.begin(origin, by: who, at: context.at)
        context.pause = try pause.reason()
        outcome.done.append(
            "Nothing new is sent to QuickBooks or Procore until plumbline resume; files are read, and answers taken. What "
                + "stands in the outboxes already can still be collected by scripts of your own.")
    }

    mutating func resume(_ origin: Pause.Origin) throws {
        let pause = Pause(context.books)
        guard context.pause != nil else { return outcome.done.append("Sending is not paused.") }
        let wasOn = try pause.isOn(origin)
        let goesOn = try pause.end(origin, at: context.at)
        context.pause = try pause.reason()
        if goesOn {
            outcome.done.append("Sending goes on: what waited for that is decided now.")
        } else if wasOn || origin == .command {
            outcome.problems.append(
                "\(context.pause ?? "") "
                    + (origin == .command ? "Remove that file to go on." : "Run plumbline resume to go on."))
        }
    }
}
