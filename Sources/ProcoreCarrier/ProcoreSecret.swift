import Domain
import DropFolder

/// The client id and the client secret that Procore gave the application; never printed, never logged.
public struct ProcoreSecret: Sendable, CustomStringConvertible, CustomReflectable {
    let clientID: String
    let clientSecret: String

    /// What may be seen of it: nothing.
    public var description: String { "ProcoreSecret" }
    /// Nothing, so that no dump shows it.
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    /// The name of the credential in systemd's folder: `LoadCredential=procore:/etc/plumbline/procore`.
    public static let credential = "procore"

    /// Reads the secret: from systemd's credentials where there is one, else from a file with mode 0600. Either has the
    /// lines `client_id=…` and `client_secret=…`.
    /// - Parameters:
    ///   - path: of the file.
    ///   - credentialsFolder: what systemd put into `$CREDENTIALS_DIRECTORY`; nil: nothing.
    /// - Throws: a `Problem`.
    public init(file path: String, credentialsFolder: String?) throws {
        var place = path
        var isCredential = false
        if let folder = credentialsFolder, !folder.isEmpty, SecretFile.isThere("\(folder)/\(Self.credential)") {
            place = "\(folder)/\(Self.credential)"
            isCredential = true
        }
        let found = try SecretFile.fields(at: place, isPrivateByPlace: isCredential)
        guard let id = found["client_id"], !id.isEmpty, let secret = found["client_secret"], !secret.isEmpty else {
            throw Problem(
                what: "The file \(place) lacks a line client_id=… or client_secret=….",
                remedy: "Write both lines as Procore's developer portal shows them.")
        }
        clientID = id
        clientSecret = secret
    }
}
