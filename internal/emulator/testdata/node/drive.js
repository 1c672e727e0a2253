// Drives an emulator with the official Node SDK: typed calls, generic calls and
// error codes. Usage: node drive.js HOST:PORT
"use strict";

const assert = require("node:assert/strict");
const { ses } = require("tencentcloud-sdk-nodejs-ses");

const sender = "node@mail.example.com";
const url = "https://hooks.example.com:8080/ses?token=ü&x=1";

function newClient(endpoint, credential, region) {
  return new ses.v20201002.Client({
    credential,
    region,
    profile: { httpProfile: { endpoint, protocol: "http://" } },
  });
}

// fails awaits the error code that a call answers, with its request id.
async function fails(code, call) {
  await assert.rejects(call, (err) => {
    assert.equal(err.code, code, `${err.code}: ${err.message}`);
    assert.match(err.requestId, /^[0-9a-f-]{36}$/);
    return true;
  });
}

async function typedCalls(client) {
  await client.CreateEmailAddress({ EmailAddress: sender, EmailSenderName: "Läden <& mehr>" });
  await fails("InvalidParameterValue.RepeatEmailAddress", client.CreateEmailAddress({ EmailAddress: sender }));
  await fails("InvalidParameterValue.IllegalEmailAddress", client.CreateEmailAddress({ EmailAddress: "nobody" }));
  await fails("MissingParameter", client.CreateEmailAddress({}));
  const listed = await client.ListEmailAddress({});
  const found = listed.EmailSenders.find((s) => s.EmailAddress === sender);
  assert.equal(found.EmailSenderName, "Läden <& mehr>");
  const domains = await client.ListEmailIdentities({});
  assert.equal(domains.EmailIdentities[0].IdentityName, "mail.example.com");
  assert.equal(domains.Total, 1);
}

async function genericCalls(client) {
  await client.request("UpdateWebhookUrl", { Url: url });
  assert.equal((await client.request("GetWebhookUrl", {})).Url, url);
  await client.request("CreateAddressTrackUrl", { Address: sender, TrackUrl: url });
  await fails("InvalidParameterValue.RepeatCreation", client.request("CreateAddressTrackUrl", { Address: sender, TrackUrl: url }));
  await client.request("UpdateAddressTrackUrl", { Address: sender, TrackUrl: url + "2" });
  const listed = await client.request("ListAddressTrackUrl", { Offset: 0, Limit: 100 });
  assert.deepEqual(listed.AddressTrackUrlList, [{ Address: sender, TrackUrl: url + "2" }]);
  assert.equal(listed.Total, 1);
  await client.request("DeleteAddressTrackUrl", { Address: sender });
  await fails("ResourceNotFound", client.request("DeleteAddressTrackUrl", { Address: sender }));
  await fails("InvalidParameterValue.NoSuchSender", client.request("DeleteAddressTrackUrl", { Address: "x@mail.example.com" }));
  await fails("FailedOperation.IllegalURL", client.request("UpdateWebhookUrl", { Url: "https://hooks.example.com/ses" }));
  await fails("InvalidParameterValue", client.request("ListAddressTrackUrl", { Limit: 101 }));
  assert.equal((await client.request("ListAddressTrackUrl", { Limit: "10" })).Total, 0);
  await fails("InvalidParameter", client.request("ListAddressTrackUrl", { Limit: "ten" }));
  await fails("UnknownParameter", client.request("GetWebhookUrl", { Url: url }));
  await fails("InvalidAction", client.request("DescribeInstances", {}));
}

async function emails(client) {
  const email = { FromEmailAddress: `Shop <${sender}>`, Destination: ["bounce@example.com"], Subject: "Grüße", Template: { TemplateID: 1, TemplateData: "{}" } };
  const { MessageId } = await client.SendEmail(email);
  assert.match(MessageId, /^qcloudses-30-\d+-date-\d{14}-\w{13}$/);
  // The date is China's, and an email is queued (0) until its outcome is known.
  const RequestDate = new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 10);
  let status;
  do {
    const { EmailStatusList } = await client.GetSendEmailStatus({ RequestDate, Offset: 0, Limit: 10, MessageId });
    assert.equal(EmailStatusList.length, 1);
    status = EmailStatusList[0].DeliverStatus;
  } while (status === 0);
  assert.equal(status, 3);
  await fails("FailedOperation.NotAuthenticatedSender", client.SendEmail({ ...email, FromEmailAddress: "x@mail.example.com" }));
}

// otherForms sends requests by both methods, with all kinds of signatures.
async function otherForms(endpoint, credential) {
  for (const reqMethod of ["POST", "GET"]) {
    for (const signMethod of ["TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256"]) {
      const client = new ses.v20201002.Client({ credential, region: "ap-guangzhou",
        profile: { signMethod, language: "en-US", httpProfile: { reqMethod, endpoint, protocol: "http://" } } });
      const subject = "您好 & <1/2>";
      await client.SendEmail({ FromEmailAddress: `Shop <${sender}>`, Subject: subject, Destination: ["a@example.com", "b+1@example.com"],
        Template: { TemplateID: 7, TemplateData: '{"name":"x y"}' }, Attachments: [{ FileName: "a.txt", Content: "YQ==" }], TriggerType: 0 });
      await client.UpdateEmailIdentity({ EmailIdentity: "mail.example.com", NewAPI: true });
      assert.equal((await client.ListAddressUnsubscribeConfig({ Limit: "10" })).Total, 0);
      assert.equal((await client.ListEmailIdentities({})).Total, 1);
    }
  }
}

async function main(endpoint) {
  const local = { secretId: "local", secretKey: "local" };
  const client = newClient(endpoint, local, "ap-guangzhou");
  await typedCalls(client);
  await genericCalls(client);
  await emails(client);
  await otherForms(endpoint, local);
  await client.DeleteEmailAddress({ EmailAddress: sender });
  await fails("InvalidParameterValue.NoSuchSender", client.DeleteEmailAddress({ EmailAddress: sender }));
  await fails("AuthFailure.SignatureFailure", newClient(endpoint, { ...local, secretKey: "other" }, "ap-guangzhou").ListEmailAddress({}));
  await fails("AuthFailure.SecretIdNotFound", newClient(endpoint, { ...local, secretId: "other" }, "ap-guangzhou").ListEmailAddress({}));
  await fails("UnsupportedRegion", newClient(endpoint, local, "eu-frankfurt").ListEmailAddress({}));
  await newClient(endpoint, { ...local, token: "temporary" }, "ap-hongkong").ListEmailAddress({});
  console.log("passed");
}

main(process.argv[2]).catch((err) => {
  console.error(err);
  process.exitCode = 1;
});
