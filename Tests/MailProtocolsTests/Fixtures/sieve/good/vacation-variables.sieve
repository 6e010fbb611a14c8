# require vacation variables
require ["vacation", "variables"];
vacation :from "${from}" :subject "Re: ${subject}" "x";
