import Domain
import Foundation
import GRDB

/// The bytes of a document as they stand in its row: as they are, or, where that is shorter, packed.
///
/// Packed is a byte that no document of ours begins with and that says how (`Packing`), the number of the bytes in four
/// bytes, the highest first, and what zstd made of them, or zlib before. The ledgers of before have them as they are: all are
/// read.
public struct PackedDocument: Sendable {
    /// What stands in the row.
    let kept: [UInt8]

    /// What is shorter is not worth the work.
    private static let least = 128
    private static let headLength = 5

    /// Packs the bytes of a document.
    public init(_ bytes: [UInt8]) {
        self.init(bytes, Compressor())
    }

    /// - Parameter compressor: packs them.
    fileprivate init(_ bytes: [UInt8], _ compressor: Compressor) {
        let mustBe = bytes.first.map { Packing(rawValue: $0) != nil } ?? false
        guard mustBe || bytes.count >= Self.least, let count = UInt32(exactly: bytes.count) else {
            kept = bytes
            return
        }
        let packing = Packing(for: bytes)
        let head = [packing.rawValue] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
        let packed = compressor.compress(bytes, packing, behind: head)
        kept = packed.flatMap { mustBe || $0.count < bytes.count ? $0 : nil } ?? bytes
    }

    /// The bytes as they left.
    /// - Throws: a `LedgerDamage`.
    static func unpack(_ kept: UnsafeRawBufferPointer) throws -> [UInt8] {
        guard let packing = kept.first.flatMap(Packing.init) else { return Array(kept) }
        let count = kept.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
        let unpack = packing.isOfBefore ? Deflating.inflate : Zstandard.decompress
        guard kept.count > headLength,
            let bytes = unpack(UnsafeRawBufferPointer(rebasing: kept[headLength...]), packing.dictionary, count)
        else { throw LedgerDamage("A document in the sync ledger is damaged: its bytes cannot be unpacked.") }
        return bytes
    }

    /// SQL's `document_text(bytes)`: the document as it left, as text.
    static let documentText = DatabaseFunction("document_text", argumentCount: 1, pure: true) { values in
        guard let data = Data.fromDatabaseValue(values[0]) else { return nil }
        return String(decoding: try data.withUnsafeBytes(unpack), as: UTF8.self)
    }
}

/// Packs many documents, one after the other, with memory that is made once. It belongs to one thread.
public final class DocumentPacker {
    private let compressor = Compressor()

    /// A packer that has packed nothing yet.
    public init() {}

    /// Packs the bytes of a document, as `PackedDocument` packs them by themselves.
    /// - Parameter bytes: all of the document.
    public func pack(_ bytes: [UInt8]) -> PackedDocument { PackedDocument(bytes, compressor) }
}

/// How a document is packed, and with which dictionary: what documents often hold, and need not say again. Ledgers need them
/// to be read: none is ever changed. The numbers are bytes that neither XML nor JSON begins with.
enum Packing: UInt8 {
    /// Without a dictionary: a long document is its own.
    case alone = 3
    /// With the one of short qbXML requests.
    case messages = 4
    /// With the one of short documents for Procore.
    case updates = 6
    /// By zlib, without one.
    case aloneBefore = 1
    /// By zlib, as requests.
    case messagesBefore = 2
    /// By zlib, for Procore.
    case updatesBefore = 5

    /// The one that is best for a document.
    init(for bytes: [UInt8]) {
        if bytes.count >= 1 << 14 {
            self = .alone
        } else {
            self = bytes.first == UInt8(ascii: "{") ? .updates : .messages
        }
    }

    /// Whether it is zlib's, which packs no more.
    var isOfBefore: Bool { [.aloneBefore, .messagesBefore, .updatesBefore].contains(self) }

    /// The likeliest at the end.
    var dictionary: [UInt8] {
        switch self {
        case .alone, .aloneBefore: []
        case .messages, .messagesBefore: Self.messageBytes
        case .updates, .updatesBefore: Self.updateBytes
        }
    }

    private static let messageBytes = Array(
        """
        <HostQueryRq requestID="-pull-1-HostQuery"/>
        <BillAddRq requestID="-requisitions--add-1"><BillAdd><APAccountRef><FullName></FullName></APAccountRef>\
        <ItemLineAdd><Amount></Amount><LinkToTxn><TxnID></TxnID><TxnLineID></TxnLineID></LinkToTxn></ItemLineAdd>\
        </BillAdd></BillAddRq>
        <CustomerAddRq requestID="-projects--add-1"><CustomerAdd><Name></Name><ParentRef>\
        <VendorAddRq requestID="-vendors--add-1"><VendorAdd><Name></Name><VendorAddress><Addr1></Addr1><Addr2></Addr2>\
        <City></City><State></State><PostalCode></PostalCode></VendorAddress><Phone></Phone>\
        <ExternalGUID>{}</ExternalGUID></VendorAdd></VendorAddRq>
        </QBXMLMsgsRq>
        </QBXML>
        <?xml version="1.0" encoding="utf-8"?>
        <?qbxml version="13.0"?>
        <QBXML>
        <QBXMLMsgsRq onError="continueOnError">
        <QBXMLMsgsRq newMessageSetID="" onError="stopOnError">
        <PurchaseOrderAddRq requestID="-commitments--add-1"><PurchaseOrderAdd><VendorRef><ListID>80000000-17\
        </ListID></VendorRef><TxnDate>20</TxnDate><RefNumber></RefNumber><Memo></Memo><VendorMsg></VendorMsg>\
        <ExternalGUID>{}</ExternalGUID>
        <PurchaseOrderLineAdd><ItemRef><ListID></ListID></ItemRef><Desc></Desc><Quantity>1</Quantity><Rate></Rate>\
        <CustomerRef><ListID></ListID></CustomerRef></PurchaseOrderLineAdd></PurchaseOrderAdd></PurchaseOrderAddRq>

        """.utf8)

    private static let updateBytes = Array(
        """
        {
          "request": {
            "method": "PATCH",
            "path": "/rest/v1.0/standard_cost_codes/sync",
            "path": "/rest/v1.0/vendors/sync",
            "body": {
              "company_id": ,
              "updates": [
                {
                  "origin_id": "80000000-17",
                  "origin_data": "{\\"edit_sequence\\":\\"17\\"}",
                  "origin_code": "",
                  "name": "",
                  "address": "",
                  "city": "",
                  "state_code": "",
                  "zip": "",
                  "business_phone": "",
                  "fax_number": "",
                  "email_address": "
                },
                {
                  "id": 
              ]
            }
          },
          "entity": "vendors",
          "sequence": ,
          "idempotency_key": "",
          "source": [
            "0000.response.xml"
          ]
        }

        """.utf8)
}
