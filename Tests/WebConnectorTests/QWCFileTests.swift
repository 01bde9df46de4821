import Domain
import Testing

@testable import WebConnector

@Suite struct QWCFileTests {
    private let file = QWCFile(
        appName: "Plumbline & Ann", appURL: "https://plumbline.office.local:8443/webconnector",
        supportURL: "https://plumbline.office.local:8443/support", userName: "ann", fileID: QWCFile.fileID(of: "8089"))

    @Test func itsBytes() throws {
        let golden = """
            <?xml version="1.0"?>
            <QBWCXML>
              <AppName>Plumbline &amp; Ann</AppName>
              <AppID></AppID>
              <AppURL>https://plumbline.office.local:8443/webconnector</AppURL>
              <AppDescription>Carries documents between Procore and QuickBooks.</AppDescription>
              <AppSupport>https://plumbline.office.local:8443/support</AppSupport>
              <UserName>ann</UserName>
              <OwnerID>\(QWCFile.ownerID)</OwnerID>
              <FileID>\(QWCFile.fileID(of: "8089"))</FileID>
              <QBType>QBFS</QBType>
              <Scheduler>
                <RunEveryNMinutes>5</RunEveryNMinutes>
              </Scheduler>
              <IsReadOnly>false</IsReadOnly>
              <PersonalDataPref>pdpNotNeeded</PersonalDataPref>
              <UnattendedModePref>umpOptional</UnattendedModePref>
              <AuthFlags>0xF</AuthFlags>
            </QBWCXML>

            """
        let text = String(decoding: try file.bytes(), as: UTF8.self)
        #expect(text == golden.replacingOccurrences("\n", "\r\n"))
    }

    /// New ids would lead to QBWC1039.
    @Test func theIDsNeverChange() {
        #expect(QWCFile.ownerID == "{57b67f86-f004-5789-b982-bbb120ea008a}")
        #expect(QWCFile.fileID(of: "8089") == "{5fac9ac0-fbdf-5b0e-b21b-b3ddbd9cebd9}")
        #expect(QWCFile.fileID(of: "8089") != QWCFile.fileID(of: "8090"))
    }

    @Test func otherSchedules() throws {
        var other = file
        other.schedule = .never
        #expect(!String(decoding: try other.bytes(), as: UTF8.self).contains("Scheduler"))
        other.schedule = .seconds(30)
        #expect(String(decoding: try other.bytes(), as: UTF8.self).contains("<RunEveryNSeconds>30</RunEveryNSeconds>"))
    }

    @Test(arguments: [
        ("http://plumbline.office.local/webconnector", false), ("https://192.168.0.9/webconnector", false),
        ("https://[::1]/webconnector", false), ("plumbline.office.local", false), ("https:///webconnector", false),
        ("http://localhost:8080/webconnector", true), ("https://a.example/w", true),
    ]) func addressesThatTheWebConnectorTakes(address: String, isTaken: Bool) {
        var other = file
        (other.appURL, other.supportURL) = (address, address)
        #expect(((try? other.bytes()) != nil) == isTaken)
    }

    @Test func whatIsRefused() {
        var other = file
        other.supportURL = "https://elsewhere.example/support"
        #expect(throws: Problem.self) { try other.bytes() }
        other = file
        other.fileID = "{6F9619FF-8B86-D1EG-B42D-00C04FC964FF}"
        #expect(throws: Problem.self) { try other.bytes() }
        other = file
        other.schedule = .minutes(0)
        #expect(throws: Problem.self) { try other.bytes() }
        other = file
        other.userName = ""
        #expect(throws: Problem.self) { try other.bytes() }
    }
}

extension String {
    fileprivate func replacingOccurrences(_ old: Character, _ new: String) -> String {
        split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
    }
}
