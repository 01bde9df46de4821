import WebConnector
import Yams

extension ConfigurationReader {
    /// `true`, `false`, or a list of addresses; nil: false, or absent.
    mutating func addresses(_ path: String) -> [String]? {
        guard let found = value(path) else { return nil }
        guard let list = found.sequence else { return flag(path) == true ? [] : nil }
        let addresses = list.map { $0.scalar?.string ?? "?" }
        for address in addresses where !MetricsAccess.isAddress(address) {
            findings.append("\(path) has \"\(address)\"; it can be true, or a list of addresses such as 192.168.1.9.")
        }
        return addresses
    }
}
