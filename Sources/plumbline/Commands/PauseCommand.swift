import ArgumentParser
import Foundation
import Pipeline

/// Stops sending, and goes on with it.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Send nothing new to either side until plumbline resume.",
        discussion: """
            Files are read and answers taken as ever; what they lead to waits. A file PAUSE in the inbox does the same for as \
            long as it stands there.
            """)

    @OptionGroup var root: RootOption
    @OptionGroup var report: ReportOption

    func run() async throws {
        try await report.run([.pause(by: NSUserName())], root: root.root)
    }
}

/// Goes on with sending.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on sending after plumbline pause.")

    @OptionGroup var root: RootOption
    @OptionGroup var report: ReportOption

    func run() async throws {
        try await report.run([.resume], root: root.root)
    }
}
