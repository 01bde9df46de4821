-- The sync ledger of a small root that 0.1.0 served, in the shape of its steps 1 to 10: what it wrote, by hand.
--
-- Two vendors were dropped one after the other. The first is linked and told to Procore, the answer to the second is still
-- to come; a third has failed. A commitment waits for the second vendor's cost code, a record without a name was refused,
-- and a command was left.

INSERT INTO fact (name, value) VALUES
    ('company', '8089'), ('company file', 'Ridgeline Constructors, Inc.'), ('ledger', '0123456789abcdef'),
    ('boot', '00000000-0000-0000-0000-000000000000'), ('QuickBooks program', 'QuickBooks Pro 2021'),
    ('QuickBooks country', 'US'), ('qbXML versions', '1.0 12.0 13.0 14.0 15.0');

INSERT INTO file (intake, path, name, sha256, received, outcome, receipt, summary, outputs, problem_text, rejected_copy,
    filed_as, finished) VALUES
    (1, CAST('procore/vendors-riverton.json' AS BLOB), 'vendors-riverton.json',
        '0000000000000000000000000000000000000000000000000000000000000001', '2026-03-08T20:00:00Z', 'accepted',
        CAST('{"file": "vendors-riverton.json", "intake": 1, "outcome": "accepted"}' AS BLOB),
        '2026-03-08T20:00:00Z #1 vendors-riverton.json: accepted; vendors: 1 new',
        'outbox/quickbooks/00000001-company.xml
outbox/quickbooks/00000002-vendors.xml', NULL, NULL, 'processed/2026-03-08/procore/vendors-riverton.json', 2),
    (2, CAST('quickbooks/00000001-company.response.xml' AS BLOB), '00000001-company.response.xml',
        '0000000000000000000000000000000000000000000000000000000000000002', '2026-03-08T20:01:00Z', 'accepted',
        CAST('{"file": "00000001-company.response.xml", "intake": 2, "outcome": "accepted"}' AS BLOB),
        '2026-03-08T20:01:00Z #2 00000001-company.response.xml: accepted', '', NULL, NULL,
        'processed/2026-03-08/quickbooks/00000001-company.response.xml', 2),
    (3, CAST('quickbooks/00000002-vendors.response.xml' AS BLOB), '00000002-vendors.response.xml',
        '0000000000000000000000000000000000000000000000000000000000000003', '2026-03-08T20:01:00Z', 'accepted',
        CAST('{"file": "00000002-vendors.response.xml", "intake": 3, "outcome": "accepted"}' AS BLOB),
        '2026-03-08T20:01:00Z #3 00000002-vendors.response.xml: accepted; vendors: 1 linked',
        'outbox/procore/00000003-vendors.json', NULL, NULL,
        'processed/2026-03-08/quickbooks/00000002-vendors.response.xml', 2),
    (4, CAST('procore/vendors.json' AS BLOB), 'vendors.json',
        '0000000000000000000000000000000000000000000000000000000000000004', '2026-03-08T20:02:00Z',
        'accepted-with-problems',
        CAST('{"file": "vendors.json", "intake": 4, "outcome": "accepted-with-problems"}' AS BLOB),
        '2026-03-08T20:02:00Z #4 vendors.json: accepted-with-problems; vendors: 1 new, 1 rejected',
        'outbox/quickbooks/00000004-vendors.xml', NULL, 'json', 'processed/2026-03-08/procore/vendors.json', 2),
    (5, CAST('procore/work_order_contracts.json' AS BLOB), 'work_order_contracts.json',
        '0000000000000000000000000000000000000000000000000000000000000005', '2026-03-08T20:03:00Z', 'accepted',
        CAST('{"file": "work_order_contracts.json", "intake": 5, "outcome": "accepted"}' AS BLOB),
        '2026-03-08T20:03:00Z #5 work_order_contracts.json: accepted; commitments: 1 held', '', NULL, NULL,
        'processed/2026-03-08/procore/work_order_contracts.json', 2);

-- Contents are fields: name, 31, value, 30; ahead of each line stand 28, its key and 30.
INSERT INTO record (id, entity, procore_id, business_key, business_hash, shown, state, reason, remedy, name_key, name_hash,
    wanted, confirmed, imported, exported, updated_at, attempts, retries, file, born, list, list_id, edit_sequence,
    full_name) VALUES
    (1, 'vendors', '401104', 'riverton masonry', key_hash('riverton masonry'), 'vendor 401104', 'linked', NULL, NULL,
        'Entity||riverton masonry', key_hash('Entity||riverton masonry'),
        CAST('Name' || char(31) || 'Riverton Masonry' || char(30) AS BLOB),
        CAST('Name' || char(31) || 'Riverton Masonry' || char(30) AS BLOB),
        CAST('name' || char(31) || 'Riverton Masonry' || char(30) AS BLOB), x'02', NULL, 1, 0, 3, 1,
        'Vendor', '80000003-1772990000', '1772990001', 'Riverton Masonry'),
    (2, 'vendors', '401105', 'alder concrete llc', key_hash('alder concrete llc'), 'vendor 401105', 'queued', NULL, NULL,
        'Entity||alder concrete llc', key_hash('Entity||alder concrete llc'),
        CAST('Name' || char(31) || 'Alder Concrete LLC' || char(30) AS BLOB), NULL, NULL, NULL, NULL, 1, 0, 4, 4,
        NULL, NULL, NULL, NULL),
    (3, 'vendors', '401106', 'birch roofing inc', key_hash('birch roofing inc'), 'vendor 401106', 'failed',
        'QuickBooks did not take it.', 'Mend it in Procore, and export it again.', 'Entity||birch roofing inc',
        key_hash('Entity||birch roofing inc'),
        CAST('Name' || char(31) || 'Birch Roofing Inc' || char(30) AS BLOB), NULL, NULL, NULL, NULL, 1, 0, 3, 1,
        NULL, NULL, NULL, NULL),
    (4, 'commitments', '786555', NULL, NULL, 'commitment 786555', 'held',
        'Waits for cost code 03-300, which has not been dropped yet.', NULL, 'PurchaseOrder|sc-055',
        key_hash('PurchaseOrder|sc-055'),
        CAST('VendorRef/ListID' || char(29) || 'vendors/401105' || char(30) || 'TxnDate' || char(31) || '2026-03-02'
            || char(30) || 'RefNumber' || char(31) || 'SC-055' || char(30) || 'Memo' || char(31) || 'Curbs' || char(30)
            || char(28) || '5175999' || char(30) || 'ItemRef/ListID' || char(29) || 'standard_cost_codes/=03-300'
            || char(30) || 'Desc' || char(31) || 'Curbs' || char(30) || 'Quantity' || char(31) || '900' || char(30)
            || 'Rate' || char(31) || '1' || char(30) || 'CustomerRef/ListID' || char(29) || 'projects/225906' || char(30)
            AS BLOB), NULL, NULL, NULL, 1772467511000000, 0, 0, 5, NULL, NULL, NULL, NULL, NULL);

INSERT INTO wait (record, needs) VALUES (4, 'standard_cost_codes/=03-300');

INSERT INTO fragment (record, name, content) VALUES
    (4, 'header', CAST('number' || char(31) || 'SC-055' || char(30) || 'title' || char(31) || 'Curbs' || char(30)
        || 'status' || char(31) || 'Approved' || char(30) || 'accounting_method' || char(31) || 'amount' || char(30)
        || 'contract_date' || char(31) || '2026-03-02' || char(30) || 'grand_total' || char(31) || '900.00' || char(30)
        || 'updated_at' || char(31) || '2026-03-02T16:05:11Z' || char(30) || 'vendor.id' || char(31) || '401105'
        || char(30) || 'project.id' || char(31) || '225906' || char(30) || 'has_lines' || char(31) || 'true' || char(30)
        AS BLOB)),
    (4, 'lines', CAST(char(28) || '5175999' || char(30) || 'cost_code' || char(31) || '03-300' || char(30)
        || 'cost_code_name' || char(31) || 'Cast-in-Place Concrete' || char(30) || 'amount' || char(31) || '900.00'
        || char(30) || 'description' || char(31) || 'Curbs' || char(30) || 'quantity' || char(31) || '0.0' || char(30)
        || 'unit_cost' || char(31) || '0.0' || char(30) || 'extended_type' || char(31) || 'manual' || char(30) AS BLOB));

INSERT INTO document (sequence, outbox, name, entity, bytes, source, published, answered_by, at) VALUES
    (1, 'quickbooks', '00000001-company.xml', 'company', CAST('<?xml version="1.0"?>' AS BLOB), 1, 1, NULL, 1773000000),
    (2, 'quickbooks', '00000002-vendors.xml', 'vendors', CAST('<?xml version="1.0"?>' AS BLOB), 1, 1, NULL, 1773000000),
    (3, 'procore', '00000003-vendors.json', 'vendors', CAST('{}' AS BLOB), 3, 1, NULL, 1773000060),
    (4, 'quickbooks', '00000004-vendors.xml', 'vendors', CAST('<?xml version="1.0"?>' AS BLOB), 4, 1, NULL, 1773000120);

INSERT INTO request (id, request_id, record, object, operation, document, content, status, message, answered_by, answer_id,
    is_plain) VALUES
    (1, '8089-vendors-401104-add-1', 1, 1, 'add', 2, NULL, 0, 'Status OK', 3, '80000003-1772990000', 1),
    (2, '8089-vendors-401106-add-1', 3, 3, 'add', 2, NULL, 3040, 'There was an error.', 3, NULL, 1),
    (3, '8089-vendors-401105-add-1', 2, 2, 'add', 4, NULL, NULL, NULL, NULL, NULL, 1);

INSERT INTO pull (id, request_id, subject, document, since, until, asked_at, status, answered_by) VALUES
    (1, '8089-pull-1-HostQuery', 'company', 1, NULL, 1773000000, 1773000000, 0, 2),
    (2, '8089-pull-1-CompanyQuery', 'company', 1, NULL, 1773000000, 1773000000, 0, 2);

INSERT INTO event (id, record, file, at, kind, detail) VALUES
    (1, 1, 3, '2026-03-08T20:01:00Z', 'answered', '8089-vendors-401104-add-1: 0 Status OK'),
    (2, 1, 3, '2026-03-08T20:01:00Z', 'linked', 'Vendor 80000003-1772990000'),
    (3, 3, 3, '2026-03-08T20:01:00Z', 'answered', '8089-vendors-401106-add-1: 3040 There was an error.'),
    (4, 4, 5, '2026-03-08T20:03:00Z', 'read', 'work_order_contracts.json'),
    (5, 4, 5, '2026-03-08T20:03:00Z', 'held', 'Waits for cost code 03-300, which has not been dropped yet.');

INSERT INTO turned_away (entity, procore_id, code, place, shown, title, names, is_refusal, reason, remedy, file, since)
    VALUES ('vendors', '401107', NULL, 'procore/vendors.json', 'vendor 401107', NULL, '', 1, 'It has no name.',
        'Give it one in Procore, and export it again.', 4, '2026-03-08T20:02:00Z');

INSERT INTO command (at, body, outcome) VALUES
    ('2026-03-08T20:04:00Z', CAST('{"retry":{"_0":["vendors/401106"]}}' AS BLOB), NULL);
