import CLinux

/// The kinds of file system, told apart by whether the kernel sees every change.
public enum FileSystem {
    /// The name of the file system that holds a path, and whether other machines can change it unseen, so that it
    /// has to be polled.
    public static func kind(of path: String) -> (name: String, isPolled: Bool) {
        kind(of: Array(path.utf8))
    }

    static func kind(of path: [UInt8]) -> (name: String, isPolled: Bool) {
        let type = System.path(path) { plumbline_filesystem_type($0) }
        if let name = polled[type] { return (name, true) }
        return (local[type] ?? "file system 0x" + String(type, radix: 16), false)
    }

    static func isPolled(_ descriptor: Int32) -> Bool {
        polled[plumbline_filesystem_type_of(descriptor)] != nil
    }

    // Numbers: statfs(2) and linux/magic.h.
    private static let polled: [Int: String] = [
        0x6969: "NFS", 0x517b: "SMB", 0xff53_4d42: "CIFS", 0xfe53_4d42: "SMB2", 0x6573_5546: "FUSE",
        0x0102_1997: "9p", 0x5346_414f: "AFS", 0x6b41_4653: "AFS", 0x00c3_6400: "CEPH", 0x7375_7245: "CODA",
        0x564c: "NCP", 0x786f_4256: "VirtualBox share",
    ]
    private static let local: [Int: String] = [
        0xef53: "ext4", 0x5846_5342: "XFS", 0x9123_683e: "btrfs", 0x0102_1994: "tmpfs", 0x794c_7630: "overlay",
        0x2fc1_2fc1: "ZFS", 0xf2f5_2010: "F2FS",
    ]
}
