import Foundation
import Procore

/// What machine a root is on, as far as that says nothing of whose it is.
struct MachineSurvey {
    /// The kernel and its limits, the processor, the memory, the distribution.
    let json: JSONValue

    init() {
        let process = ProcessInfo.processInfo
        let version = process.operatingSystemVersion
        var fields: [(key: String, value: JSONValue)] = [
            // What stands behind the numbers may be somebody's own build.
            (
                "kernel",
                .string("Linux \(version.majorVersion).\(version.minorVersion).\(version.patchVersion)")
            ),
            ("processor", .string(Self.architecture)),
            ("processors", .number(String(process.activeProcessorCount))),
            ("memory_bytes", .number(String(process.physicalMemory))),
        ]
        for name in ["ID", "VERSION_ID"] {
            if let value = Self.release(name) { fields.append(("os_\(name.lowercased())", .string(value))) }
        }
        for name in ["max_user_watches", "max_user_instances", "max_queued_events"] {
            if let value = Self.number("/proc/sys/fs/inotify/\(name)") {
                fields.append(("inotify_\(name)", .number(value)))
            }
        }
        for name in ["nr_open", "file-max"] {
            if let value = Self.number("/proc/sys/fs/\(name)") { fields.append(("fs_\(name)", .number(value))) }
        }
        json = .object(fields)
    }

    private static var architecture: String {
        #if arch(x86_64)
            "x86_64"
        #elseif arch(arm64)
            "arm64"
        #else
            "other"
        #endif
    }

    private static func number(_ path: String) -> String? {
        let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let digits = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return digits.wholeMatch(of: /[0-9]{1,20}/) != nil ? digits : nil
    }

    private static func release(_ name: String) -> String? {
        let text = FileManager.default.contents(atPath: "/etc/os-release").map { String(decoding: $0, as: UTF8.self) }
        let line = text?.split(separator: "\n").first { $0.hasPrefix(name + "=") }
        let value = line?.dropFirst(name.count + 1).filter { $0 != "\"" }
        return value.flatMap { $0.wholeMatch(of: /[a-z0-9.]{1,20}/) != nil ? String($0) : nil }
    }
}
