import Crypto
import Domain
import Foundation
import _CryptoExtras

/// A password as it is kept: salted, and hashed so slowly that guessing is dear.
///
/// scrypt (RFC 7914) as swift-crypto has it from BoringSSL, with the cost that OWASP's "Password Storage Cheat Sheet" names
/// for 16 MiB: N = 2^14, r = 8, p = 5. More memory would count: the server is to stay under 128 MiB.
public struct PasswordHash: Sendable, Hashable {
    /// What the password is mixed with; random.
    public let salt: [UInt8]
    /// The result, 32 bytes.
    public let hash: [UInt8]
    /// scrypt's N.
    public let rounds: Int
    /// scrypt's p.
    public let lanes: Int

    /// scrypt's N for new passwords.
    public static let rounds = 1 << 14
    /// scrypt's p for new passwords.
    public static let lanes = 5
    private static let blockSize = 8

    /// A hash that was kept.
    public init(salt: [UInt8], hash: [UInt8], rounds: Int, lanes: Int) {
        self.salt = salt
        self.hash = hash
        self.rounds = rounds
        self.lanes = lanes
    }

    /// The hash of a new password.
    /// - Throws: what the library says, where the cost makes no sense.
    public init(of password: String, rounds: Int = Self.rounds, lanes: Int = Self.lanes) throws {
        salt = Self.random(16)
        (self.rounds, self.lanes) = (rounds, lanes)
        hash = try Self.derive(password, salt: salt, rounds: rounds, lanes: lanes)
    }

    /// Whether this is the password; takes as long for every other one.
    public func matches(_ password: String) -> Bool {
        guard let derived = try? Self.derive(password, salt: salt, rounds: rounds, lanes: lanes),
            derived.count == hash.count
        else { return false }
        return zip(derived, hash).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func derive(_ password: String, salt: [UInt8], rounds: Int, lanes: Int) throws -> [UInt8] {
        try KDF.Scrypt.deriveKey(
            from: Array(password.utf8), salt: salt, outputByteCount: 32, rounds: rounds, blockSize: blockSize,
            parallelism: lanes
        ).withUnsafeBytes { Array($0) }
    }

    /// Random bytes, from the system's generator.
    public static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// A new password that can be typed: 99 random bits, in five groups of letters and digits that look like no other.
    public static func newPassword() -> String {
        let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
        var generator = SystemRandomNumberGenerator()
        let groups = (0..<5).map { _ in
            String((0..<4).map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] })
        }
        return groups.joined(separator: "-")
    }
}
