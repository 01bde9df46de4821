import ArgumentParser

@main
struct Plumbline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plumbline", abstract: "x", subcommands: [])
}
