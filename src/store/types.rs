//! Columns ↔ domain types: how newtypes and words are stored, the same on both databases.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{BigInt, Nullable, SingleValue, Text};

use crate::domain::hosts::{HostRule, SignatureForm};
use crate::domain::ids::*;
use crate::domain::kinds::*;
use crate::domain::roles::Role;
use crate::domain::time::Timestamp;

/// What `#[derive(AsExpression, FromSqlRow)]` would write, kept out of the domain.
macro_rules! column {
    ($sql:ty: $($type:ty),+ $(,)?) => {$(
        impl AsExpression<$sql> for $type {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression { Bound::new(self) }
        }
        impl<'a> AsExpression<$sql> for &'a $type {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression { Bound::new(self) }
        }
        impl AsExpression<Nullable<$sql>> for $type {
            type Expression = Bound<Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression { Bound::new(self) }
        }
        impl<'a> AsExpression<Nullable<$sql>> for &'a $type {
            type Expression = Bound<Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression { Bound::new(self) }
        }
        impl<DB: Backend> ToSql<Nullable<$sql>, DB> for $type
        where
            Self: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                ToSql::<$sql, DB>::to_sql(self, out)
            }
        }
        impl<ST: SingleValue, DB: Backend> Queryable<ST, DB> for $type
        where
            Self: FromSql<ST, DB>,
        {
            type Row = Self;
            fn build(row: Self) -> deserialize::Result<Self> { Ok(row) }
        }
    )+};
}

macro_rules! id_columns {
    ($($type:ident),+ $(,)?) => {
        column!(BigInt: $($type),+);
        $(
            impl<DB: Backend> ToSql<BigInt, DB> for $type
            where
                i64: ToSql<BigInt, DB>,
            {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                    self.0.to_sql(out)
                }
            }
            impl<DB: Backend> FromSql<BigInt, DB> for $type
            where
                i64: FromSql<BigInt, DB>,
            {
                fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                    i64::from_sql(bytes).map($type)
                }
            }
        )+
    };
}

macro_rules! word_columns {
    ($($type:ident),+ $(,)?) => {
        column!(Text: $($type),+);
        $(
            impl<DB: Backend> ToSql<Text, DB> for $type
            where
                str: ToSql<Text, DB>,
            {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                    self.as_str().to_sql(out)
                }
            }
            impl<DB: Backend> FromSql<Text, DB> for $type
            where
                String: FromSql<Text, DB>,
            {
                fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                    Ok(String::from_sql(bytes)?.parse()?)
                }
            }
        )+
    };
}

id_columns!(
    ActorId,
    PostId,
    CommentId,
    ActivityId,
    HostId,
    InboxId,
    NoticeId,
    NotificationId,
    IntakeId,
    UploadId,
    MessageId,
    ModlogId,
    ReportId,
);

word_columns!(
    ActorKind,
    Contribution,
    FollowState,
    RegistrationMode,
    AccountState,
    NoticeKind,
    NotificationKind,
    Dialect,
    SessionKind,
    IntakeState,
    Listing,
    Order,
    Visibility,
    MessagesFrom,
    PictureUse,
    ReportKind,
    Role,
    LoggedAct,
    SweepAct,
    HostRule,
    SignatureForm,
);

column!(BigInt: Timestamp);

impl<DB: Backend> ToSql<BigInt, DB> for Timestamp
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.as_micros().to_sql(out)
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for Timestamp
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i64::from_sql(bytes).map(Timestamp::from_micros)
    }
}
