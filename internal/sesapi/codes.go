package sesapi

// Error codes that all products of API 3.0 have in common. They are listed under
// "Common error codes" in the API reference of every product.
const (
	CodeSignatureFailure     = "AuthFailure.SignatureFailure"
	CodeSignatureExpire      = "AuthFailure.SignatureExpire"
	CodeInvalidAuthorization = "AuthFailure.InvalidAuthorization"
	CodeSecretIDNotFound     = "AuthFailure.SecretIdNotFound"
	CodeTokenFailure         = "AuthFailure.TokenFailure"
	CodeUnauthorized         = "UnauthorizedOperation"
	CodeInvalidAction        = "InvalidAction"
	CodeNoSuchVersion        = "NoSuchVersion"
	CodeUnsupportedRegion    = "UnsupportedRegion"
	CodeMissingParameter     = "MissingParameter"
	CodeUnknownParameter     = "UnknownParameter"
	CodeInvalidParameter     = "InvalidParameter"
	CodeInvalidValue         = "InvalidParameterValue"
	CodeRequestLimitExceeded = "RequestLimitExceeded"
	CodeRequestSizeLimit     = "RequestSizeLimitExceeded"
	CodeUnsupportedProtocol  = "UnsupportedProtocol"
	CodeInternalError        = "InternalError"
	CodeUnsupportedOperation = "UnsupportedOperation"
)

// CommonCodes returns the common error codes of the API reference (document
// 1084/40184 and its like in every product).
func CommonCodes() []string {
	return []string{
		"ActionOffline", "AuthFailure.InvalidAuthorization", "AuthFailure.InvalidSecretId", "AuthFailure.MFAFailure",
		"AuthFailure.SecretIdNotFound", "AuthFailure.SignatureExpire", "AuthFailure.SignatureFailure", "AuthFailure.TokenFailure",
		"AuthFailure.UnauthorizedOperation", "DryRunOperation", "FailedOperation", "InternalError", "InvalidAction",
		"InvalidParameter", "InvalidParameterValue", "InvalidRequest", "IpInBlacklist", "IpNotInWhitelist", "LimitExceeded",
		"MissingParameter", "NoSuchProduct", "NoSuchVersion", "RequestLimitExceeded",
		"RequestLimitExceeded.GlobalRegionUinLimitExceeded", "RequestLimitExceeded.IPLimitExceeded",
		"RequestLimitExceeded.UinLimitExceeded", "RequestSizeLimitExceeded", "ResourceInUse", "ResourceInsufficient",
		"ResourceNotFound", "ResourceUnavailable", "ResponseSizeLimitExceeded", "ServiceUnavailable", "UnauthorizedOperation",
		"UnknownParameter", "UnsupportedOperation", "UnsupportedProtocol", "UnsupportedRegion",
	}
}

// Error codes of SES itself (tencentcloud-sdk-go ses v1.3.136, errors.go).
const (
	CodeAuthUnauthorized    = "AuthFailure.UnauthorizedOperation"
	CodeNoSuchSender        = "InvalidParameterValue.NoSuchSender"
	CodeRepeatCreation      = "InvalidParameterValue.RepeatCreation"
	CodeRepeatEmailAddress  = "InvalidParameterValue.RepeatEmailAddress"
	CodeIllegalEmailAddress = "InvalidParameterValue.IllegalEmailAddress"
	CodeIllegalURL          = "FailedOperation.IllegalURL"
	CodeURLForbidden        = "FailedOperation.URLForbidden"
	CodeFrequencyLimit      = "FailedOperation.FrequencyLimit"
	CodeNotAvailable        = "FailedOperation.ServiceNotAvailable"
	CodeNotAllowDelete      = "OperationDenied.NotAllowDelete"
	CodeExceedSenderLimit   = "OperationDenied.ExceedSenderLimit"
	CodeResourceNotFound    = "ResourceNotFound"
)

// Error codes of the published actions (the same file).
const (
	CodeResourceInsufficient = "ResourceInsufficient"
	CodeWithoutPermission    = "FailedOperation.WithOutPermission"
	CodeInvalidAttachName    = "FailedOperation.InvalidAttachName"
	CodeAttachmentTooLarge   = "FailedOperation.AttachContentToolarge"
	CodeInvalidIdentity      = "InvalidParameterValue.InvalidEmailIdentity"
	CodeNotExistDomain       = "InvalidParameterValue.NotExistDomain"
	CodeDomainHasSenders     = "OperationDenied.SenderWithDomainIsNotEmpty"
	CodeDomainNotVerified    = "OperationDenied.DomainNotVerified"
	CodeIllegalSenderName    = "InvalidParameterValue.IllegalSenderName"
	CodeInvalidPassword      = "InvalidParameterValue.InvalidSmtpPassWord"
	CodeRepeatPassword       = "OperationDenied.RepeatPassWord"
	CodeExceedTemplateLimit  = "FailedOperation.ExceedTemplateLimit"
	CodeTemplateTooLarge     = "FailedOperation.TemplateContentToolarge"
	CodeTemplateNameIllegal  = "InvalidParameterValue.TemplateNameIllegal"
	CodeTemplateNameNull     = "InvalidParameterValue.TemplateNameIsNULL"
	CodeTemplateContentNull  = "InvalidParameterValue.TemplateContentIsNULL"
	CodeTemplateContentWrong = "InvalidParameterValue.TemplateContentIsWrong"
	CodeTemplateNotExist     = "InvalidParameterValue.TemplateNotExist"
	CodeTemplateNotMatch     = "InvalidParameterValue.TemplateNotMatchData"
	CodeTemplateDataError    = "InvalidParameterValue.TemplateDataError"
	CodeTemplateDataDiffers  = "InvalidParameterValue.TemplateDataInconsistent"
	CodeTemplateDataLength   = "InvalidParameterValue.TemplateDataLenLimit"
	CodeHTMLTemplateData     = "InvalidParameterValue.InValidTemplateData"
	CodeTemplateStatus       = "OperationDenied.TemplateStatusError"
	CodeBlockedAddress       = "FailedOperation.EmailAddrInBlacklist"
	CodeHasUnsubscribed      = "FailedOperation.ReceiverHasUnsubscribed"
	CodeEmailsNecessary      = "MissingParameter.EmailsNecessary"
	CodeExceedSendLimit      = "FailedOperation.ExceedSendLimit"
	CodeNotSupportDate       = "FailedOperation.NotSupportDate"
	CodeInvalidStartTime     = "InvalidParameter.InvalidStartTimeFormat"
	CodeInvalidEndTime       = "InvalidParameter.InvalidEndTimeFormat"
	CodeReceiverNameIllegal  = "InvalidParameterValue.ReceiverNameIllegal"
	CodeReceiverDescIllegal  = "InvalidParameterValue.ReceiverDescIllegal"
	CodeReceiverEmailInvalid = "InvalidParameterValue.ReceiverEmailInvalid"
	CodeRepeatReceiverName   = "InvalidParameterValue.RepeatReceiverName"
	CodeExceedReceiverLimit  = "LimitExceeded.ExceedReceiverLimit"
	CodeReceiverCountLimit   = "LimitExceeded.ReceiverDetailCountLimit"
	CodeReceiverNotExist     = "OperationDenied.ReceiverNotExist"
	CodeReceiverStatus       = "OperationDenied.ReceiverStatusError"
	CodeSendAddressStatus    = "OperationDenied.SendAddressStatusError"
	CodeSubjectLength        = "InvalidParameterValue.SubjectLengthError"
	CodeSendParamNecessary   = "MissingParameter.SendParamNecessary"
	CodeTimedParamNecessary  = "MissingParameter.TimedParamNecessary"
	CodeCycleParamNecessary  = "MissingParameter.CycleParamNecessary"
	CodeBeginTimeBeforeNow   = "InvalidParameterValue.BeginTimeBeforeNow"
	CodeContentWrong         = "InvalidParameterValue.EmailContentIsWrong"
	CodeReceiverRequestLimit = "LimitExceeded.ReceiverDetailRequestLimit"
)

// Error codes of SendEmail and GetSendEmailStatus. They are in the same file, and in
// the comments of their methods in client.go.
const (
	CodeNotAuthenticatedSender = "FailedOperation.NotAuthenticatedSender"
	CodeIncorrectSender        = "FailedOperation.IncorrectSender"
	CodeIncorrectEmail         = "FailedOperation.IncorrectEmail"
	CodeTooManyRecipients      = "FailedOperation.TooManyRecipients"
	CodeTooManyAttachments     = "FailedOperation.TooManyAttachments"
	CodeMissingContent         = "FailedOperation.MissingEmailContent"
	CodeInvalidTemplate        = "FailedOperation.InvalidTemplateID"
	CodeWrongContentJSON       = "FailedOperation.WrongContentJson"
	CodeInvalidLimit           = "FailedOperation.InvalidLimit"
	CodeNoAddress              = "InvalidParameterValue.EmailAddressIsNULL"
	CodeWrongContent           = "InvalidParameterValue.EmailContentIsWrong"
	CodeWrongAttachment        = "InvalidParameterValue.AttachContentIsWrong"
	CodeWrongDate              = "InvalidParameterValue.WrongDate"
)

// Regions returns the regions of SES, each with the host of its endpoint.
func Regions() map[string]string {
	return map[string]string{
		"ap-guangzhou": "ses.tencentcloudapi.com",
		"ap-hongkong":  "ses.tencentcloudapi.com",
		"ap-singapore": "ses.intl.tencentcloudapi.com",
	}
}
