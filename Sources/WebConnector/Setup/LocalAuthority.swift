import Crypto
import Domain
import DropFolder
import Foundation
import X509

/// A certificate authority of the office's own, and a certificate for the host that the Web Connector calls.
///
/// The authority's certificate is imported once into Windows ("Trusted Root Certification Authorities" of the local
/// machine); host certificates can then be renewed without touching Windows again. All keys are P-256, and their files are
/// for their owner alone.
/// - Sources: RFC 5280, sections 4.2.1 (extensions) and 4.1.2.5 (dates); RFC 6125 (a host is known by its subject
///   alternative names).
public struct LocalAuthority: Sendable {
    /// The files in a folder.
    public struct Files: Sendable, Hashable {
        /// The authority's certificate, in PEM: what Windows has to trust.
        public var authority: String
        /// The authority's key, in PEM: never leaves this machine.
        public var authorityKey: String
        /// The host's certificate with the authority's behind it, in PEM.
        public var chain: String
        /// The host's key, in PEM.
        public var key: String
    }

    /// How long the authority counts, in days: ten years.
    static let authorityDays = 3_650
    /// How long a host certificate counts, in days. Some programs refuse more than 825.
    static let hostDays = 820

    private let certificate: Certificate
    private let key: P256.Signing.PrivateKey

    /// Makes a host certificate; the authority too, where the folder has none. What the folder had for the host is
    /// replaced, an authority never is.
    /// `hosts`: names by which the Web Connector's machine finds this one; the first names the files.
    /// - Throws: a `Problem` for a name that is none or an authority that cannot be read; what the machine says.
    public static func makeCertificate(in folder: String, hosts: [String], now: Date = Date()) throws -> Files {
        guard let first = hosts.first else {
            throw Problem(what: "A certificate needs the name of a host.", remedy: "Name this machine.")
        }
        for host in hosts { try check(host) }
        let files = Files(
            authority: folder + "/plumbline-authority.crt", authorityKey: folder + "/plumbline-authority.key",
            chain: folder + "/\(first).crt", key: folder + "/\(first).key")
        let manager = FileManager.default
        try manager.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let hasAuthority = manager.fileExists(atPath: files.authority)
        let authority =
            hasAuthority
            ? try LocalAuthority(certificate: files.authority, key: files.authorityKey) : try LocalAuthority(now: now)
        let issued = try authority.issue(hosts, now: now)
        if !hasAuthority {
            try writePrivately(text(authority.key.pemRepresentation), to: files.authorityKey)
            try writeAtomically(text(authority.certificate.serializeAsPEM().pemString), to: files.authority)
        }
        try writePrivately(text(issued.key.pemRepresentation), to: files.key)
        let chain = try [issued.certificate, authority.certificate].map { try text($0.serializeAsPEM().pemString) }
        try writeAtomically(Array(chain.joined()), to: files.chain)
        return files
    }

    private static func text(_ pem: String) -> [UInt8] { Array((pem + (pem.hasSuffix("\n") ? "" : "\n")).utf8) }

    /// A new authority.
    private init(now: Date) throws {
        key = P256.Signing.PrivateKey()
        let name = try DistinguishedName {
            OrganizationName("Plumbline")
            CommonName("Plumbline local authority")
        }
        let publicKey = Certificate.PublicKey(key.publicKey)
        certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
            notValidBefore: now.addingTimeInterval(-86_400),
            notValidAfter: now.addingTimeInterval(Double(Self.authorityDays) * 86_400),
            issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: publicKey)
            }, issuerPrivateKey: Certificate.PrivateKey(key))
    }

    /// The authority that was made before.
    private init(certificate path: String, key keyPath: String) throws {
        do {
            certificate = try Certificate(pemEncoded: String(contentsOfFile: path, encoding: .utf8))
            key = try P256.Signing.PrivateKey(pemRepresentation: String(contentsOfFile: keyPath, encoding: .utf8))
        } catch {
            throw Problem(
                what: "The authority \(path) or its key \(keyPath) cannot be read (\(error)).",
                remedy:
                    "Restore both from a backup; or move both away to have a new one made, which Windows has to be told "
                    + "to trust again.")
        }
    }

    private func issue(_ hosts: [String], now: Date) throws -> (certificate: Certificate, key: P256.Signing.PrivateKey)
    {
        let hostKey = P256.Signing.PrivateKey()
        let publicKey = Certificate.PublicKey(hostKey.publicKey)
        let subject = try DistinguishedName { CommonName(String((hosts.first ?? "").prefix(64))) }
        let end = now.addingTimeInterval(Double(Self.hostDays) * 86_400)
        let issued = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
            notValidBefore: now.addingTimeInterval(-86_400), notValidAfter: min(end, certificate.notValidAfter),
            issuer: certificate.subject, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(hosts.map { .dnsName($0) })
                SubjectKeyIdentifier(hash: publicKey)
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier)
            }, issuerPrivateKey: Certificate.PrivateKey(key))
        return (issued, hostKey)
    }

    /// A host's name: letters, digits, hyphens and dots (RFC 1123). The Web Connector takes no addresses (QBWC1001).
    private static func check(_ host: String) throws {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let isName =
            host.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                    && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
            }
        guard isName, !host.allSatisfy({ $0.isNumber || $0 == "." }) else {
            throw Problem(
                what: "\(host) is no host name; the Web Connector takes names only, not addresses (QBWC1001).",
                remedy: "Give the name by which the QuickBooks machine finds this one, such as plumbline.office.local.")
        }
    }
}
