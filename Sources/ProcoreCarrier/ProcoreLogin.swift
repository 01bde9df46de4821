import AsyncHTTPClient
import Domain
import NIOCore
import Procore

/// The token that the calls carry, got with the client's id and secret and renewed before it ends.
///
/// Source: Procore's developer documentation, "Procore API Authentication Endpoints" (`/oauth/token`) and
/// "Client Credentials"; RFC 6749, section 4.4. A token lasts 90 minutes.
final class ProcoreLogin {
    private let address: ProcoreAddress
    private let secret: ProcoreSecret
    private let http: HTTPClient
    private let clock: CarrierClock
    private var token: (text: String, ends: Int64)?
    /// A token is renewed so many seconds before it ends.
    private static let margin: Int64 = 120
    /// A token is never thought to last longer, whatever is said of it.
    private static let longest: Int64 = 86_400

    init(_ address: ProcoreAddress, _ secret: ProcoreSecret, _ http: HTTPClient, _ clock: CarrierClock) {
        self.address = address
        self.secret = secret
        self.http = http
        self.clock = clock
    }

    /// Procore said that the token is none.
    func forget() { token = nil }

    /// A token that is good for some time.
    /// - Throws: a `CallFailure`: the call that needs it was not sent.
    func current() async throws -> String {
        let asked = clock.now()
        if let token, token.ends - Self.margin > asked { return token.text }
        var request = HTTPClientRequest(url: address.text + "/oauth/token")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.headers.add(name: "Accept", value: "application/json")
        let form = [
            ("grant_type", "client_credentials"), ("client_id", secret.clientID),
            ("client_secret", secret.clientSecret),
        ]
        request.body = .bytes(ByteBuffer(string: CallTarget.query(form)))
        let answer: (status: Int, body: [UInt8])
        do {
            let response = try await http.execute(request, timeout: .seconds(60))
            let body = try await response.body.collect(upTo: 1 << 20)
            answer = (Int(response.status.code), Array(body.readableBytesView))
        } catch let error as CancellationError {
            throw error
        } catch {
            throw CallFailure.notSent("\(address.text) gave no token: \(CallWords.of(error))")
        }
        let json = ProcoreAnswer.object(answer.body)
        guard answer.status == 200, let text = (try? json?.text("access_token")) ?? nil else {
            guard (400..<500).contains(answer.status), answer.status != 429, answer.status != 408 else {
                throw CallFailure.notSent("\(address.text) gave no token: it answered with status \(answer.status)")
            }
            throw CallFailure.loginRefused(
                "\(address.text) refused client_id and client_secret (\(answer.status)\(Self.code(json)))")
        }
        let lasts = ((try? json?.text("expires_in")) ?? nil).flatMap { Int64($0) } ?? 5_400
        // One that ends at once would be asked for at each call.
        token = (text, asked + min(max(lasts, Self.margin + 1), Self.longest))
        return text
    }

    /// `, invalid_client`: one of the codes of RFC 6749, section 5.2. Any other text might repeat the secret.
    private static func code(_ json: JSONRecord?) -> String {
        guard let said = (try? json?.text("error")) ?? nil, said.utf8.count <= 32,
            said.utf8.allSatisfy({ (97...122).contains($0) || $0 == UInt8(ascii: "_") })
        else { return "" }
        return ", \(said)"
    }
}
