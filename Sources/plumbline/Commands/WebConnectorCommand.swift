import ArgumentParser
import Foundation
import Pipeline
import WebConnector

/// What has to do with the QuickBooks Web Connector.
struct WebConnectorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webconnector", abstract: "Serve the QuickBooks Web Connector, and say who may call.",
        subcommands: [Serve.self, AddUser.self, RemoveUser.self, Users.self, QWC.self, MakeCertificate.self],
        defaultSubcommand: Serve.self)

    /// Lets somebody log in.
    struct AddUser: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add-user", abstract: "Let a user log in; the name tells which root is meant.",
            discussion: "The password is shown once, and kept only as a slow hash (scrypt).")

        @Argument(help: "The name, as the .qwc file has it.")
        var name: String

        @Flag(help: "Read the password from standard input instead of making one up.")
        var ask = false

        @OptionGroup var root: RootOption

        func run() throws {
            do {
                let password = ask ? PasswordInput.read() : PasswordHash.newPassword()
                try WebConnectorUsers(root: root.root).add(name, password: password)
                print("\(name) may log in.")
                if !ask { print("Password, shown this once: \(password)") }
            } catch {
                throw couldNotRun(error)
            }
        }
    }

    /// Lets somebody log in no more.
    struct RemoveUser: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove-user", abstract: "Let a user log in no more; a session that lives goes on.")

        @Argument(help: "The name.")
        var name: String

        @OptionGroup var root: RootOption

        func run() throws {
            let wasThere: Bool
            do {
                wasThere = try WebConnectorUsers(root: root.root).remove(name)
            } catch {
                throw couldNotRun(error)
            }
            guard wasThere else {
                FileHandle.standardError.write(Data("There is no user \(name).\n".utf8))
                throw ExitCode(1)
            }
            print("\(name) may not log in any more.")
        }
    }

    /// Lists who may log in.
    struct Users: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "users", abstract: "List who may log in, and since when.")

        @OptionGroup var root: RootOption

        func run() throws {
            do {
                for user in try WebConnectorUsers(root: root.root).list() { print("\(user.name)\t\(user.since)") }
            } catch {
                throw couldNotRun(error)
            }
        }
    }
}
